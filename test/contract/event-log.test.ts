import {
  type AttributeValue,
  DeleteItemCommand,
  GetItemCommand,
  PutItemCommand,
} from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll } from '@jest/globals';
import { DynamoDbEventLog } from '../../adapters/events/dynamodb-event-log.ts';
import { partitionOf } from '../../adapters/events/event-item.ts';
import { type Dynalite, startDynalite, storeClientFor, TABLE } from '../support/dynalite.ts';
import { DynaliteProxy } from '../support/dynalite-proxy.ts';
import { InMemoryEventLog } from '../support/in-memory-event-log.ts';
import { eventLogContract } from './event-log.contract.ts';

let dynalite: Dynalite;
let scopes = 0;

beforeAll(async () => {
  dynalite = await startDynalite();
});
afterAll(() => dynalite.stop());

eventLogContract('DynamoDB', async () => {
  scopes += 1;
  const scope = `scope-${scopes}`;
  const proxy = new DynaliteProxy(dynalite.endpoint);
  await proxy.start();
  const client = storeClientFor(proxy.endpoint);
  return {
    log: new DynamoDbEventLog({ client, table: TABLE, scope }),
    interfere: (interference) => {
      proxy.interference = interference;
    },
    down: () => proxy.stop(),
    up: () => proxy.start(),
    async rewrite(number, change) {
      const Key = { pk: { S: partitionOf(scope) }, sk: { N: String(number) } };
      const { Item = {} } = await dynalite.client.send(new GetItemCommand({ TableName: TABLE, Key }));
      const changed = change(Item);
      await (changed === null
        ? dynalite.client.send(new DeleteItemCommand({ TableName: TABLE, Key }))
        : dynalite.client.send(
            new PutItemCommand({
              TableName: TABLE,
              Item: { ...(changed as Record<string, AttributeValue>), ...Key },
            }),
          ));
    },
    async stop() {
      client.destroy();
      await proxy.stop();
    },
  };
});

eventLogContract('memory', async () => {
  const log = new InMemoryEventLog();
  return {
    log,
    interfere: (interference) => {
      log.interference = interference;
    },
    down: async () => log.down(),
    up: async () => log.up(),
    async rewrite(number, change) {
      const changed = change(log.items.get(number) ?? {});
      if (changed === null) log.items.delete(number);
      else log.items.set(number, changed);
    },
    stop: async () => log.up(),
  };
});
