import type { IncomingMessage, ServerResponse } from 'node:http';
import type { MovableClock } from './clock.ts';
import type { Drift } from './drift.ts';
import type { FaultRegistry } from './faults.ts';
import type { RoleAccess } from './iam.ts';
import type { SecretReference } from './intrinsics.ts';
import type { LogStore } from './log-store.ts';
import type { Observer } from './observation.ts';
import type { Stack } from './stack.ts';
import type { Resource } from './template.ts';

/** What a part of the local cloud gets to work with before anything runs. */
export interface CloudContext {
  /** The synthesised stack; `stack.resolve(value)` resolves intrinsic functions. */
  readonly stack: Stack;
  readonly clock: MovableClock;
  readonly faults: FaultRegistry;
  readonly logs: LogStore;
  /** Which role may do what, and whose access key is whose. */
  readonly access: RoleAccess;
  /** What was changed by hand, past the template. */
  readonly drift: Drift;
}

/** The error of a function, as Lambda serialises it. */
export interface FunctionErrorPayload {
  readonly errorType: string;
  readonly errorMessage: string;
  readonly trace?: readonly string[];
}

/** The answer to a synchronous invocation. */
export interface InvocationResult {
  readonly requestId: string;
  /** JSON text of the handler's result, or of a {@link FunctionErrorPayload} when `functionError` is set. */
  readonly payload: string;
  /** Set when the handler threw, timed out or crashed: the value of the header X-Amz-Function-Error. */
  readonly functionError?: 'Unhandled';
}

/** Invokes functions of the stack, by name in the local cloud, by logical id or by ARN (qualified or not). */
export interface FunctionInvoker {
  /**
   * Waits for the function's answer. Throws `FunctionNotFound`, or `FunctionThrottled` when the
   * reserved concurrency is used up.
   *
   * @param payload JSON text
   */
  invoke(functionName: string, payload: string): Promise<InvocationResult>;
  /**
   * Takes the event and returns at once; the function is tried again as its EventInvokeConfig says
   * (default: twice), and then its dead-letter target or on-failure destination gets the event.
   */
  invokeAsync(functionName: string, payload: string): void;
  /** Names of the functions in the local cloud. */
  names(): string[];
}

/** The cloud once functions can be invoked and the gateway listens. */
export interface RunningCloud extends CloudContext {
  /** The REST API's address, without a trailing slash. */
  readonly url: string;
  readonly functions: FunctionInvoker;
}

/** Everything of the local cloud behind the functions: tables, buses, queues, topics, secrets, user pools. */
export interface LocalServices {
  /** Where the functions' AWS SDK sends its calls: their AWS_ENDPOINT_URL. */
  readonly awsEndpointUrl: string;
  /** Further variables in every function's environment that the machine, not the template, decides. */
  readonly environment?: Readonly<Record<string, string>>;
  /** Certificate (PEM) of the services that functions reach over TLS; they trust it as they do a public authority. */
  readonly certificate?: string;
  /**
   * The value of an attribute (`Fn::GetAtt`; `Ref` for a reference) where this service knows better
   * than the table of deterministic names, such as the address of a user pool; else undefined.
   */
  attribute(resource: Resource, attribute: string): string | undefined;
  /** The value of a secret that the template refers to. */
  secret(reference: SecretReference): string;
  /** Serves a request to `/_local`; true if it took it. */
  handle(request: IncomingMessage, response: ServerResponse): boolean | Promise<boolean>;
  /** Delivers the record of an asynchronous invocation that failed for good to a queue, topic, bus or function. */
  deliver(targetArn: string, payload: string): Promise<void>;
  /** Told of what AWS would measure by itself: invocations, requests. */
  readonly observe?: Observer;
  /** Called once functions can be invoked, before the template's triggers run: start streams, rules, subscriptions here. */
  attach(cloud: RunningCloud): Promise<void>;
  /** Stops what `attach` started, so that nothing invokes a function any more. Called before the functions end. */
  detach(): Promise<void>;
  close(): Promise<void>;
}

/** Makes the services of a stack. Called before any function exists. */
export type CreateServices = (context: CloudContext) => Promise<LocalServices>;
