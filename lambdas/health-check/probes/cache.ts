import {
  DescribeEventsCommand,
  DescribeServerlessCachesCommand,
  type ElastiCacheClient,
  ServerlessCacheNotFoundFault,
} from '@aws-sdk/client-elasticache';
import type { DeployedCache } from '../../../core/health/checks/services.ts';

/** Minutes of the past whose events are asked for. */
const WITHIN = 60;

/** Asks ElastiCache about the cache. Rejects where it does not answer. */
export async function askElastiCache(
  client: Pick<ElastiCacheClient, 'send'>,
  name: string,
): Promise<DeployedCache> {
  const [status, { Events = [] }] = await Promise.all([
    statusOf(client, name),
    client.send(
      new DescribeEventsCommand({ SourceIdentifier: name, SourceType: 'serverless-cache', Duration: WITHIN }),
    ),
  ]);
  const newestFirst = Events.toSorted(
    (one, other) => (other.Date?.getTime() ?? 0) - (one.Date?.getTime() ?? 0),
  );
  return { name, status, event: newestFirst.flatMap(({ Message }) => Message ?? [])[0] };
}

async function statusOf(client: Pick<ElastiCacheClient, 'send'>, name: string): Promise<string | null> {
  try {
    const { ServerlessCaches = [] } = await client.send(
      new DescribeServerlessCachesCommand({ ServerlessCacheName: name }),
    );
    return ServerlessCaches[0]?.Status ?? null;
  } catch (error) {
    if (error instanceof ServerlessCacheNotFoundFault) return null;
    throw error;
  }
}
