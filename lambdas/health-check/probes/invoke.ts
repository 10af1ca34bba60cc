import { InvokeCommand, type LambdaClient } from '@aws-sdk/client-lambda';
import type { RedisFacts } from '../../../core/health/redis-facts.ts';

/** Asks the function inside the network to look at Redis. Rejects where it fails. */
export async function askRedisProbe(client: Pick<LambdaClient, 'send'>, name: string): Promise<RedisFacts> {
  const { Payload, FunctionError } = await client.send(new InvokeCommand({ FunctionName: name }));
  const text = Buffer.from(Payload ?? []).toString('utf8');
  if (FunctionError !== undefined) throw new Error(`The function ${name} failed: ${text}`);
  return JSON.parse(text);
}

/** Starts a function and does not wait for it. */
export async function restart(client: Pick<LambdaClient, 'send'>, name: string): Promise<void> {
  await client.send(new InvokeCommand({ FunctionName: name, InvocationType: 'Event', Payload: '{}' }));
}
