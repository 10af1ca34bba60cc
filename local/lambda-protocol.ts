import type { FunctionErrorPayload } from './local-services.ts';

/** What an instance is started with. */
export interface InstanceData {
  readonly codeFolder: string;
  /** Module and export, such as `index.handler`. */
  readonly handler: string;
  readonly timeoutMs: number;
  readonly logFormat: 'Text' | 'JSON';
  /** Shared memory of the movable clock. */
  readonly clock: SharedArrayBuffer;
  /** A certificate (PEM) to trust besides the public authorities'. */
  readonly certificate?: string;
}

/** The part of a handler's `context` that is plain data. */
interface InvocationContext {
  readonly awsRequestId: string;
  readonly functionName: string;
  readonly functionVersion: string;
  readonly invokedFunctionArn: string;
  readonly memoryLimitInMB: string;
  readonly logGroupName: string;
  readonly logStreamName: string;
  readonly callbackWaitsForEmptyEventLoop: boolean;
}

/** An invocation, as sent to an instance. */
export interface ToInstance {
  readonly requestId: string;
  /** JSON text of the event. */
  readonly payload: string;
  readonly traceId: string;
  readonly context: InvocationContext;
}

/** What an instance reports. */
export type FromInstance =
  | { readonly type: 'ready' }
  /** The handler could not be loaded. */
  | { readonly type: 'failed'; readonly error: FunctionErrorPayload }
  | { readonly type: 'answer'; readonly payload: string; readonly functionError?: 'Unhandled' }
  /** An error outside of the handler ended the instance. */
  | { readonly type: 'crashed'; readonly error: FunctionErrorPayload }
  | {
      readonly type: 'line';
      readonly message: string;
      readonly timestamp: number;
      readonly requestId?: string;
    };
