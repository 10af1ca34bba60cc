import { DescribeTableCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import { Cluster } from 'ioredis';
import { connectToken } from './connect-token.ts';

/** What a test asks the function to do from where it is. */
export type CacheTask =
  | { readonly redis: readonly [command: string, ...args: string[]]; readonly user: string }
  | { readonly table: string }
  | { readonly identity: true };

const {
  HOST = '',
  PORT,
  CACHE = '',
  AWS_ACCESS_KEY_ID = '',
  AWS_SECRET_ACCESS_KEY = '',
  AWS_SESSION_TOKEN,
} = process.env;

/** Does a task as any function would: it knows addresses and credentials by its environment only. */
export async function handler(task: CacheTask): Promise<unknown> {
  if ('table' in task) {
    const { Table } = await new DynamoDBClient({ maxAttempts: 1 }).send(
      new DescribeTableCommand({ TableName: task.table }),
    );
    return Table?.TableName;
  }
  if ('identity' in task) {
    return (await new STSClient({ maxAttempts: 1 }).send(new GetCallerIdentityCommand({}))).Arn;
  }
  const password = connectToken({
    cache: CACHE,
    user: task.user,
    credentials: {
      accessKeyId: AWS_ACCESS_KEY_ID,
      secretAccessKey: AWS_SECRET_ACCESS_KEY,
      sessionToken: AWS_SESSION_TOKEN,
    },
  });
  const cluster = new Cluster([{ host: HOST, port: Number(PORT) }], {
    lazyConnect: true,
    dnsLookup: (address, callback) => callback(null, address),
    clusterRetryStrategy: () => null,
    slotsRefreshTimeout: 3_000,
    redisOptions: { tls: {}, username: task.user, password, maxRetriesPerRequest: 0 },
  });
  let last: Error | undefined;
  cluster.on('node error', (error) => {
    last = error;
  });
  cluster.on('error', () => undefined);
  try {
    await cluster.connect();
    const [command, ...args] = task.redis;
    return await cluster.call(command, ...args);
  } catch (error) {
    throw last ?? error;
  } finally {
    cluster.disconnect();
  }
}
