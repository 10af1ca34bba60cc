import type { IncomingMessage } from 'node:http';

/** A call to an AWS API, as far as every service needs it. */
export interface AwsCall {
  /** Operation, such as `PutItem`. */
  readonly operation: string;
  /** Access key id of the caller; empty for a call that is not signed. */
  readonly accessKeyId: string;
  readonly method: string;
  /** Path with query. */
  readonly url: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: Buffer;
}

/** The answer to a call. */
export interface AwsAnswer {
  /** Default 200. */
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body: string | Buffer;
}

/** A service of the local cloud behind the endpoint. */
export interface AwsService {
  /** Serves a call; throws AwsError for what AWS would answer with an error. */
  call(call: AwsCall): Promise<AwsAnswer>;
}

/** An error that a service answers with: `code` becomes `__type`. */
export class AwsError extends Error {
  override readonly name = 'AwsError';
  readonly code: string;
  readonly status: number;

  constructor(code: string, message: string, status = 400) {
    super(message);
    this.code = code;
    this.status = status;
  }
}

/** Thrown to close the connection without an answer, as an unreachable service would. */
export class ConnectionLost extends Error {
  override readonly name = 'ConnectionLost';
}

/** The body of a call in one of AWS's JSON protocols. @throws AwsError SerializationException */
export function jsonBody(call: AwsCall): Record<string, unknown> {
  try {
    const value: unknown = call.body.length === 0 ? {} : JSON.parse(call.body.toString('utf8'));
    if (typeof value === 'object' && value !== null && !Array.isArray(value))
      return value as Record<string, unknown>;
  } catch {
    // Answered below, like a body that is JSON but no object.
  }
  throw new AwsError('SerializationException', 'The body is not a JSON object.');
}

/** An answer in one of AWS's JSON protocols. */
export const jsonAnswer = (value: unknown): AwsAnswer => ({ body: JSON.stringify(value) });

/** The error for an operation that a service of the local cloud does not have. */
export function unknownOperation(service: string, operation: string): AwsError {
  return new AwsError(
    'UnknownOperationException',
    `The local cloud does not serve the operation ${operation} of ${service}.`,
  );
}
