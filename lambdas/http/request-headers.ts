/** A request as API Gateway hands it over, as far as its headers go. */
export interface WithHeaders {
  readonly headers?: Readonly<Record<string, string | undefined>> | null;
  readonly multiValueHeaders?: Readonly<Record<string, readonly string[] | undefined>> | null;
}

/** The headers of a request, whatever the case of their names; gone through once, when the first is asked for. */
export class RequestHeaders {
  readonly #source: WithHeaders;
  #found: Map<string, string[]> | undefined;

  constructor(source: WithHeaders) {
    this.#source = source;
  }

  /**
   * Every value of a header.
   *
   * @param name in lower case
   * @example new RequestHeaders(event).values('accept') // ['text/html']
   */
  values(name: string): readonly string[] {
    this.#found ??= found(this.#source);
    return this.#found.get(name) ?? [];
  }
}

/** What has one value only stands in both; the single values count where the others do not name the header. */
function found({ multiValueHeaders, headers }: WithHeaders): Map<string, string[]> {
  const many = new Map<string, string[]>();
  for (const name in multiValueHeaders) add(many, name, multiValueHeaders[name] ?? []);
  const single = new Map<string, string[]>();
  for (const name in headers) {
    const value = headers[name];
    if (value !== undefined) add(single, name, [value]);
  }
  return new Map([...single, ...many]);
}

function add(to: Map<string, string[]>, name: string, values: readonly string[]): void {
  if (values.length === 0) return;
  const lower = name.toLowerCase();
  to.set(lower, [...(to.get(lower) ?? []), ...values]);
}
