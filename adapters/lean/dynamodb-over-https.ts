import * as http from 'node:http';
import aws4 from 'aws4';
import { StoreUnavailableError } from '../../core/errors.ts';

/**
 * The two reads that the authorizer makes, without an SDK client: loading one costs more than the decision itself
 * (docs/benchmarks.md). Signed by aws4, over one kept-alive connection.
 */
export interface DynamoDbReads {
  /** Source: https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_Query.html */
  query(input: object): Promise<{ Items?: Item[] }>;
  /** Source: https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_GetItem.html */
  getItem(input: object): Promise<{ Item?: Item }>;
}

/** An item in DynamoDB's own JSON, as far as it is read here. */
export type Item = Readonly<Record<string, { readonly S?: string; readonly N?: string } | undefined>>;

export interface Credentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string | undefined;
}

interface ReadOptions {
  /** Where DynamoDB is, e.g. `https://dynamodb.eu-central-1.amazonaws.com`. */
  readonly endpoint: string;
  readonly region: string;
  readonly credentials: () => Credentials;
  /** Milliseconds for one read, its second try included. */
  readonly timeout: number;
}

interface Reply {
  readonly status: number | undefined;
  readonly text: string;
}

/**
 * Reads from DynamoDB; rejects with StoreUnavailableError when no good answer comes in time.
 * A failed try is repeated once: the peer may have closed the idle connection.
 */
export function dynamoDbOverHttps(options: ReadOptions): DynamoDbReads {
  const { hostname, port, protocol } = new URL(options.endpoint);
  // TLS is a good part of what a start costs: only where it is spoken.
  const transport = protocol === 'http:' ? http : process.getBuiltinModule('node:https');
  const agent = new transport.Agent({ keepAlive: true, maxSockets: 2 });

  const send = (operation: string, body: string, signal: AbortSignal): Promise<Reply> =>
    new Promise((resolve, reject) => {
      const request = aws4.sign(
        {
          service: 'dynamodb',
          region: options.region,
          host: port === '' ? hostname : `${hostname}:${port}`,
          method: 'POST',
          path: '/',
          headers: {
            'Content-Type': 'application/x-amz-json-1.0',
            'X-Amz-Target': `DynamoDB_20120810.${operation}`,
          },
          body,
        },
        options.credentials(),
      );
      const { method, path, headers } = request;
      transport
        .request({
          hostname,
          port,
          method,
          path,
          headers: headers as http.OutgoingHttpHeaders,
          agent,
          signal,
        })
        .on('error', reject)
        .on('response', (response) => {
          const chunks: Buffer[] = [];
          response
            .on('data', (chunk: Buffer) => chunks.push(chunk))
            .on('error', reject)
            .on('end', () => {
              resolve({ status: response.statusCode, text: Buffer.concat(chunks).toString('utf8') });
            });
        })
        .end(body);
    });

  const attempt = async (operation: string, body: string, signal: AbortSignal): Promise<unknown> => {
    const { status, text } = await send(operation, body, signal);
    if (status === 200) return JSON.parse(text) as unknown;
    throw new Error(`${operation} answered ${status}: ${text.slice(0, 500)}`);
  };

  const call = async (operation: string, input: object): Promise<unknown> => {
    const body = JSON.stringify(input);
    const signal = AbortSignal.timeout(options.timeout);
    try {
      return await attempt(operation, body, signal).catch((error: unknown) => {
        if (signal.aborted) throw error;
        return attempt(operation, body, signal);
      });
    } catch (cause) {
      throw new StoreUnavailableError(`DynamoDB ${operation} failed.`, { cause });
    }
  };

  return {
    query: (input) => call('Query', input) as Promise<{ Items?: Item[] }>,
    getItem: (input) => call('GetItem', input) as Promise<{ Item?: Item }>,
  };
}
