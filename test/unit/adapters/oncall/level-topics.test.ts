import { PublishCommand, SNSClient } from '@aws-sdk/client-sns';
import { beforeEach, expect, test } from '@jest/globals';
import { mockClient } from 'aws-sdk-client-mock';
import { levelTopics } from '../../../../adapters/oncall/level-topics.ts';

const sns = mockClient(SNSClient);
const topics = levelTopics(
  new SNSClient({ region: 'eu-central-1' }),
  JSON.stringify({ 1: 'arn:one', 2: 'arn:two' }),
);
const notice = { subject: 'S', body: 'B' };

beforeEach(() => {
  sns.reset();
});

test('publishes to the topic of the level, and tells the id of the message', async () => {
  sns.on(PublishCommand).resolves({ MessageId: 'm-1' });
  expect(await topics.publish(2, notice)).toBe('m-1');
  expect(sns.commandCalls(PublishCommand).map(({ args }) => args[0].input)).toEqual([
    { TopicArn: 'arn:two', Subject: 'S', Message: 'B' },
  ]);
});

test('asks nobody for a level without a topic', async () => {
  await expect(topics.publish(3, notice)).rejects.toThrow('Level 3 has no topic');
  expect(sns.calls()).toEqual([]);
});

test.each<[what: string, prepare: () => void]>([
  ['is refused', () => sns.on(PublishCommand).rejects(new Error('KMSAccessDenied'))],
  ['is answered without an id', () => sns.on(PublishCommand).resolves({})],
])('claims nothing where it %s', async (_what, prepare) => {
  prepare();
  await expect(topics.publish(1, notice)).rejects.toThrow(/KMSAccessDenied|no message id/);
});

test('is not made of text that is no JSON', () => {
  expect(() => levelTopics(new SNSClient({}), '')).toThrow(SyntaxError);
});
