import { randomBytes } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { Agent, request as httpRequest, type Server } from 'node:http';
import path from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import dynalite from 'dynalite';
import { LOCAL_ACCOUNT, LOCAL_REGION } from '../account.ts';
import type { CloudContext } from '../local-services.ts';
import type { Observer } from '../observation.ts';
import type { Resource } from '../template.ts';
import { type AwsAnswer, type AwsCall, AwsError, type AwsService, jsonBody } from './aws-call.ts';
import type { CallerAccess } from './caller-access.ts';
import { listenLoopback } from './listen-loopback.ts';
import { SerialQueue } from './serial-queue.ts';
import { suffer } from './service-fault.ts';
import { type Intent, type Item, type StreamRecord, sequenceNumber, TableStream } from './table-stream.ts';

/** A table with a stream: its writes go one after the other, so that the records are in their order. */
interface StreamedTable {
  readonly name: string;
  readonly streamArn: string;
  readonly keyNames: readonly string[];
  readonly viewType: string;
  readonly stream: TableStream;
  readonly writes: SerialQueue;
}

/** Operations on one item that may change it. */
const SINGLE_WRITES = new Set(['PutItem', 'UpdateItem', 'DeleteItem']);

/** The template's tables in dynalite, on disk or in memory, and the streams of those that have one. */
export class DynamoDb implements AwsService {
  readonly #context: CloudContext;
  readonly #caller: CallerAccess;
  readonly #server: Server;
  readonly #port: number;
  readonly #observe: Observer;
  readonly #agent = new Agent({ keepAlive: true });
  readonly #streamed = new Map<string, StreamedTable>();

  private constructor(
    context: CloudContext,
    caller: CallerAccess,
    server: Server,
    port: number,
    observe: Observer,
  ) {
    this.#context = context;
    this.#caller = caller;
    this.#server = server;
    this.#port = port;
    this.#observe = observe;
  }

  /**
   * Opens the tables in a folder; makes those that the template has and the folder doesn't. Without a folder they are in
   * memory, and gone with the process.
   */
  static async start(
    context: CloudContext,
    caller: CallerAccess,
    folder: string | undefined,
    observe: Observer,
  ): Promise<DynamoDb> {
    const streams = folder && path.join(folder, 'streams');
    if (streams) mkdirSync(streams, { recursive: true });
    const server = dynalite({
      ...(folder && { path: path.join(folder, 'tables') }),
      createTableMs: 0,
      deleteTableMs: 0,
      updateTableMs: 0,
    });
    const database = new DynamoDb(context, caller, server, await listenLoopback(server), observe);
    for (const resource of context.stack.resources('AWS::DynamoDB::Table')) {
      await database.#open(resource, streams && path.join(streams, `${resource.logicalId}.ndjson`));
    }
    return database;
  }

  /** The stream with this ARN. */
  stream(streamArn: string): TableStream {
    for (const table of this.#streamed.values()) if (table.streamArn === streamArn) return table.stream;
    throw new Error(`The template has no table with the stream ${streamArn}.`);
  }

  async call(call: AwsCall): Promise<AwsAnswer> {
    const started = performance.now();
    await suffer(this.#context.faults, 'dynamodb');
    const body = jsonBody(call);
    for (const arn of resourcesOf(body)) this.#caller.authorise(call, `dynamodb:${call.operation}`, arn);
    const tables = [...new Set(writtenKeys(call.operation, body, () => []).map(({ table }) => table))];
    const streamed = tables.flatMap((name) => this.#streamed.get(name) ?? []);
    const answer = await this.#lockedBy(streamed, () => this.#write(call, body));
    if (answer.status === 200) this.#measure(call, body, performance.now() - started);
    return answer;
  }

  #measure({ operation }: AwsCall, { TableName }: Record<string, unknown>, milliseconds: number): void {
    if (typeof TableName === 'string')
      this.#observe({ kind: 'table call', table: TableName, operation, milliseconds });
  }

  async close(): Promise<void> {
    this.#agent.destroy();
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  async #open(resource: Resource, streamFile: string | undefined): Promise<void> {
    const { stack } = this.#context;
    const properties = stack.properties(resource);
    const name = stack.attribute(resource, 'Ref');
    const { KeySchema, AttributeDefinitions, GlobalSecondaryIndexes, LocalSecondaryIndexes } = properties;
    const existing = await this.#table(name);
    if (!existing) {
      await this.#ask('CreateTable', {
        TableName: name,
        KeySchema,
        AttributeDefinitions,
        BillingMode: 'PAY_PER_REQUEST',
        GlobalSecondaryIndexes,
        LocalSecondaryIndexes,
      });
    } else if (!isDeepStrictEqual(existing.KeySchema, KeySchema)) {
      throw new Error(
        `The table ${name} on disk has other keys than in the template: start with --fresh to begin anew.`,
      );
    }
    const specification = properties.StreamSpecification as { StreamViewType?: string } | undefined;
    if (!specification) return;
    const table: StreamedTable = {
      name,
      streamArn: stack.attribute(resource, 'StreamArn'),
      keyNames: (KeySchema as { AttributeName: string }[]).map(({ AttributeName }) => AttributeName),
      viewType: specification.StreamViewType ?? 'NEW_AND_OLD_IMAGES',
      stream: new TableStream(streamFile),
      writes: new SerialQueue(),
    };
    this.#streamed.set(name, table);
    await this.#record(table, table.stream.unsettled);
  }

  async #table(name: string): Promise<{ KeySchema: unknown } | undefined> {
    try {
      const answer = await this.#ask('DescribeTable', { TableName: name });
      return answer.Table as { KeySchema: unknown };
    } catch (error) {
      if (error instanceof AwsError && error.code === 'ResourceNotFoundException') return undefined;
      throw error;
    }
  }

  /** Waits for the writes under way on each table, in the order of their names so that no two wait for each other. */
  async #lockedBy<T>(tables: readonly StreamedTable[], task: () => Promise<T>): Promise<T> {
    const [first, ...rest] = [...tables].sort((a, b) => (a.name < b.name ? -1 : 1));
    return first ? await first.writes.run(() => this.#lockedBy(rest, task)) : await task();
  }

  /** Makes a call as it came; looks at the items of streamed tables before and after it. */
  async #write(call: AwsCall, body: Record<string, unknown>): Promise<AwsAnswer> {
    const keyNames = (name: string) => this.#streamed.get(name)?.keyNames ?? [];
    const intents = new Map<StreamedTable, Intent>();
    for (const { table: name, key } of writtenKeys(call.operation, body, keyNames)) {
      const table = this.#streamed.get(name);
      if (!table) continue;
      const old = await this.#item(name, key);
      intents.set(table, [...(intents.get(table) ?? []), { key, old }]);
    }
    for (const [table, intent] of intents) table.stream.announce(intent);
    const answer = await this.#forward(call);
    for (const [table, intent] of intents) await this.#record(table, intent);
    return answer;
  }

  /** Appends a record for each item that is no longer what it was. */
  async #record(table: StreamedTable, intent: Intent): Promise<void> {
    for (const { key, old } of intent) {
      const item = await this.#item(table.name, key);
      if (isDeepStrictEqual(item, old)) continue;
      table.stream.append(this.#streamRecord(table, key, old, item));
    }
  }

  #streamRecord(
    table: StreamedTable,
    key: Item,
    old: Item | undefined,
    item: Item | undefined,
  ): StreamRecord {
    const wantsNew = table.viewType.startsWith('NEW');
    const wantsOld = table.viewType === 'OLD_IMAGE' || table.viewType === 'NEW_AND_OLD_IMAGES';
    return {
      eventID: randomBytes(16).toString('hex'),
      eventName: old === undefined ? 'INSERT' : item === undefined ? 'REMOVE' : 'MODIFY',
      eventVersion: '1.1',
      eventSource: 'aws:dynamodb',
      awsRegion: LOCAL_REGION,
      eventSourceARN: table.streamArn,
      dynamodb: {
        ApproximateCreationDateTime: Math.floor(this.#context.clock.now() / 1000),
        Keys: key,
        ...(wantsNew && item ? { NewImage: item } : {}),
        ...(wantsOld && old ? { OldImage: old } : {}),
        SequenceNumber: sequenceNumber(table.stream.nextNumber),
        SizeBytes: Buffer.byteLength(JSON.stringify([key, item ?? null])),
        StreamViewType: table.viewType,
      },
    };
  }

  /** The item, or undefined when there is none or the key is not one: then dynalite refuses the write itself. */
  async #item(TableName: string, Key: Item): Promise<Item | undefined> {
    try {
      return (await this.#ask('GetItem', { TableName, Key, ConsistentRead: true })).Item as Item | undefined;
    } catch (error) {
      if (error instanceof AwsError && error.status < 500) return undefined;
      throw error;
    }
  }

  /** A call of the local cloud's own. @throws AwsError */
  async #ask(operation: string, input: object): Promise<Record<string, unknown>> {
    const { status, body } = await this.#forward({
      operation,
      accessKeyId: '',
      method: 'POST',
      url: '/',
      headers: {},
      body: Buffer.from(JSON.stringify(input)),
    });
    const answer = JSON.parse(body.toString()) as Record<string, unknown>;
    if (status === 200) return answer;
    const code = String(answer.__type).split('#').at(-1) ?? '';
    throw new AwsError(code, String(answer.message ?? code), status);
  }

  async #forward({ operation, headers, body }: AwsCall): Promise<AwsAnswer & { status: number }> {
    return await new Promise((resolve, reject) => {
      const outgoing = httpRequest({
        host: '127.0.0.1',
        port: this.#port,
        method: 'POST',
        agent: this.#agent,
        headers: {
          'Content-Type': 'application/x-amz-json-1.0',
          'Content-Length': body.length,
          'X-Amz-Target': `DynamoDB_20120810.${operation}`,
          'X-Amz-Date': headers['x-amz-date'] ?? '20260101T000000Z',
          Authorization:
            'AWS4-HMAC-SHA256 Credential=local/20260101/us-east-1/dynamodb/aws4_request, SignedHeaders=host, Signature=local',
        },
      });
      outgoing.on('error', reject);
      outgoing.on('response', (incoming) => {
        const chunks: Buffer[] = [];
        incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
        incoming.on('error', reject);
        incoming.on('end', () =>
          resolve({
            status: incoming.statusCode ?? 500,
            headers: {
              'Content-Type': 'application/x-amz-json-1.0',
              ...(incoming.headers['x-amz-crc32'] ? { 'x-amz-crc32': incoming.headers['x-amz-crc32'] } : {}),
            } as Record<string, string>,
            body: Buffer.concat(chunks),
          }),
        );
      });
      outgoing.end(body);
    });
  }
}

/** ARNs of the tables and indexes that a call is about; a call about none is about everything. */
function resourcesOf(body: Record<string, unknown>): string[] {
  const names =
    typeof body.TableName === 'string' ? [body.TableName] : Object.keys((body.RequestItems as object) ?? {});
  const index = typeof body.IndexName === 'string' ? `/index/${body.IndexName}` : '';
  return names.length === 0
    ? ['*']
    : names.map((name) => `arn:aws:dynamodb:${LOCAL_REGION}:${LOCAL_ACCOUNT}:table/${name}${index}`);
}

/** The items that a call writes. */
function writtenKeys(
  operation: string,
  body: Record<string, unknown>,
  keyNames: (table: string) => readonly string[],
): { table: string; key: Item }[] {
  const keyOf = (table: string, item: unknown): Item =>
    Object.fromEntries(keyNames(table).map((name) => [name, (item as Item | undefined)?.[name]]));
  if (SINGLE_WRITES.has(operation)) {
    const table = String(body.TableName);
    return [{ table, key: keyOf(table, operation === 'PutItem' ? body.Item : body.Key) }];
  }
  if (operation !== 'BatchWriteItem') return [];
  type WriteRequest = { PutRequest?: { Item?: Item }; DeleteRequest?: { Key?: Item } };
  return Object.entries((body.RequestItems ?? {}) as Record<string, WriteRequest[]>).flatMap(
    ([table, requests]) =>
      (Array.isArray(requests) ? requests : []).map(({ PutRequest, DeleteRequest }) => ({
        table,
        key: keyOf(table, PutRequest?.Item ?? DeleteRequest?.Key),
      })),
  );
}
