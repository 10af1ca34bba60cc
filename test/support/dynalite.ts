import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { CreateTableCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import dynalite from 'dynalite';
import { createStoreClient } from '../../adapters/state/state-store.ts';

/** The state table's name in tests. */
export const TABLE = 'State';

const ACCOUNT = { region: 'eu-central-1', credentials: { accessKeyId: 'test', secretAccessKey: 'test' } };

export interface Dynalite {
  /** URL of DynamoDB, in this process, in memory, on a free port. */
  readonly endpoint: string;
  /** A patient client, for what tests do themselves. */
  readonly client: DynamoDBClient;
  stop(): Promise<void>;
}

/** Starts DynamoDB with an empty state table. */
export async function startDynalite(): Promise<Dynalite> {
  const server = dynalite({ createTableMs: 0 });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const client = new DynamoDBClient({ ...ACCOUNT, endpoint });
  await client.send(
    new CreateTableCommand({
      TableName: TABLE,
      AttributeDefinitions: [
        { AttributeName: 'pk', AttributeType: 'S' },
        { AttributeName: 'sk', AttributeType: 'N' },
      ],
      KeySchema: [
        { AttributeName: 'pk', KeyType: 'HASH' },
        { AttributeName: 'sk', KeyType: 'RANGE' },
      ],
      BillingMode: 'PAY_PER_REQUEST',
    }),
  );
  const stop = async (): Promise<void> => {
    client.destroy();
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  };
  return { endpoint, client, stop };
}

/** A client as the functions have it, with their timeouts. */
export function storeClientFor(endpoint: string): DynamoDBClient {
  return createStoreClient({ ...ACCOUNT, endpoint });
}

/** Makes a table as that of what is counted and of records. */
export async function createActivityTable({ client }: Dynalite, table: string): Promise<void> {
  await client.send(
    new CreateTableCommand({
      TableName: table,
      AttributeDefinitions: [{ AttributeName: 'pk', AttributeType: 'S' }],
      KeySchema: [{ AttributeName: 'pk', KeyType: 'HASH' }],
      BillingMode: 'PAY_PER_REQUEST',
    }),
  );
}
