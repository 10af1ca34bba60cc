import { DynamoDBClient, GetItemCommand, ListTablesCommand, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { partitionOf } from '../../adapters/events/event-item.ts';
import { Cloud } from '../support/cloud.ts';
import { eventually } from '../support/eventually.ts';

const ALARM = 'MaintenanceMode-log-tampered';

describe.each([
  ['essential', 'TopicsAlarms'],
  ['whole', 'Level3'],
] as const)('an event that is falsified, in the profile %s', (profile, topic) => {
  let cloud: Cloud;
  let database: DynamoDBClient;
  beforeAll(async () => {
    cloud = await Cloud.start(profile === 'whole' ? {} : { profile });
    database = new DynamoDBClient({
      endpoint: cloud.local.dynamodb,
      region: 'us-east-1',
      credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
    });
  });
  afterAll(async () => {
    database?.destroy();
    await cloud?.stop();
  });

  const state = async (): Promise<string> => {
    const { alarms } = (await cloud.call('GET', '/_local/alarms')).json;
    return alarms.find(({ name }: { name: string }) => name === ALARM)?.state;
  };

  test('raises an alarm within two minutes, which tells what to do, and the health check names it', async () => {
    await cloud.enable({ reason: 'As it was' });
    await cloud.command('/disable');
    await cloud.tick();
    expect(await state()).not.toBe('ALARM');
    const { TableNames = [] } = await database.send(new ListTablesCommand({}));
    const TableName = TableNames.find((name) => name.includes('EventLog'));
    const Key = { pk: { S: partitionOf('default') }, sk: { N: '1' } };
    const { Item } = await database.send(new GetItemCommand({ TableName, Key }));
    const event = { S: String(Item?.event?.S).replace('As it was', 'As somebody wants it') };
    await database.send(new PutItemCommand({ TableName, Item: { ...Item, event } }));

    await eventually(async () => {
      const { lines } = (await cloud.call('GET', '/_local/logs?function=publisher')).json;
      const messages: string[] = lines.map(({ message }: { message: string }) => message);
      expect(messages.some((message) => message.includes('"event":"log_tampered"'))).toBe(true);
    });
    await eventually(async () => expect(await state()).toBe('ALARM'));
    const { notices } = (await cloud.call('GET', '/_local/notices')).json;
    const told = notices.filter(({ subject = '' }: { subject?: string }) => subject.includes(ALARM));
    expect(told).toContainEqual(
      expect.objectContaining({
        topic: expect.stringContaining(topic),
        message: expect.stringContaining('docs/troubleshooting.md#log-tampered'),
      }),
    );
    await cloud.tick();
    const { json } = await cloud.as('admin', 'GET', '/diagnostics');
    expect(json.findings.find(({ check }: { check: string }) => check === 'event_chain')).toMatchObject({
      status: 'failed',
      seen: expect.stringContaining('Event 1 is altered'),
    });
  });
});
