/** A call of the maintenance API, whichever way it goes. */
export interface Call {
  readonly method: 'GET' | 'POST' | 'PATCH' | 'DELETE';
  /** Below /api/maintenance, '' for itself. */
  readonly path: string;
  readonly query?: Readonly<Record<string, string>>;
  readonly body?: Readonly<Record<string, unknown>>;
  /** Makes the call safe to repeat. */
  readonly idempotencyKey?: string;
  /** The version that the call is meant for. */
  readonly ifMatch?: string | undefined;
}

/** A way to the maintenance API's answers. */
export interface Transport {
  /** Resolves to the JSON object of a 2xx answer; anything else is a CliError. */
  send(call: Call): Promise<Readonly<Record<string, unknown>>>;
  /** Where calls go, for people. */
  readonly target: string;
}
