import type { IncomingMessage, ServerResponse } from 'node:http';
import { isLocalOrigin } from '../gateway/host-check.ts';
import type { RunningCloud } from '../local-services.ts';
import { ACCESS_LOG } from '../log-store.ts';
import { BadRequest, body, none } from './admin-body.ts';
import type { Alarms } from './alarms.ts';
import type { Metrics } from './metrics.ts';
import type { RedisServer } from './redis.ts';
import { setDrift } from './set-drift.ts';
import { setFault } from './set-fault.ts';
import type { Topics } from './sns.ts';
import type { Queues } from './sqs.ts';

/** What the API shows and moves. */
interface AdminParts {
  readonly cloud: RunningCloud;
  readonly alarms: Alarms;
  readonly metrics: Metrics;
  readonly queues: Queues;
  readonly redis: RedisServer;
  readonly topics: Topics;
  /** Runs the schedules of every minute now; resolves when their functions have finished. */
  tick(): Promise<void>;
}

type Endpoint = (parts: AdminParts, request: IncomingMessage, query: URLSearchParams) => Promise<unknown>;

const ENDPOINTS: Readonly<Record<string, Endpoint>> = {
  'GET /_local/faults': async ({ cloud }) => ({ faults: cloud.faults.list() }),
  'POST /_local/faults': async ({ cloud, redis }, request) => {
    if (setFault(cloud, await body(request)) === 'redis') await redis.settled();
    return { faults: cloud.faults.list() };
  },
  'GET /_local/drift': async ({ cloud }) => ({ unguarded: cloud.drift.unguarded() }),
  'POST /_local/drift': async ({ cloud }, request) => {
    setDrift(cloud, await body(request));
    return { unguarded: cloud.drift.unguarded() };
  },
  'GET /_local/logs': logs,
  'GET /_local/metrics': async ({ metrics }, _request, query) => {
    known(query, ['name']);
    const name = query.get('name');
    const points = metrics.find(name === null ? {} : { name });
    return {
      datapoints: points.map((point) => ({ ...point, timestamp: new Date(point.timestamp).toISOString() })),
    };
  },
  'GET /_local/alarms': async ({ alarms }) => ({ alarms: await alarms.evaluate() }),
  'GET /_local/notices': async ({ topics, queues }) => ({
    notices: topics.notices(),
    queues: queues.list(),
  }),
  'POST /_local/tick': async ({ tick, cloud }) => {
    await tick();
    return { ticked_at: new Date(cloud.clock.now()).toISOString() };
  },
  'GET /_local/clock': async ({ cloud }) => clockState(cloud),
  'POST /_local/clock': async ({ cloud }, request) => {
    const { advance_ms: advance, ...others } = await body(request);
    none(others, ['advance_ms']);
    if (!Number.isSafeInteger(advance))
      throw new BadRequest('advance_ms must be a whole number of milliseconds.');
    if (!isDate(cloud.clock.now() + Number(advance)))
      throw new BadRequest('advance_ms leads beyond all dates.');
    cloud.clock.advance(Number(advance));
    return clockState(cloud);
  },
};

/** Serves the local cloud's own API, `/_local/*`. Resolves with false for a path that is not one of its own. */
export async function serveAdminApi(
  parts: AdminParts,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<boolean> {
  const { pathname, searchParams } = new URL(request.url ?? '/', 'http://localhost');
  const endpoint = ENDPOINTS[`${request.method} ${pathname}`];
  const verbs = Object.keys(ENDPOINTS).filter((name) => name.endsWith(` ${pathname}`));
  if (!endpoint && verbs.length === 0) return false;
  const answer = (status: number, value: object, headers: Record<string, string> = {}): true => {
    response.writeHead(status, {
      'Content-Type': 'application/json',
      'Cache-Control': 'no-store',
      ...headers,
    });
    response.end(`${JSON.stringify(value)}\n`);
    return true;
  };
  if (!endpoint) {
    const allowed = verbs.map((name) => name.split(' ')[0]).join(', ');
    return answer(405, { error: 'method_not_allowed', message: `Use ${allowed}.` }, { Allow: allowed });
  }
  if (isFromElsewhere(request)) {
    return answer(403, {
      error: 'foreign_origin',
      message: 'A page of another origin may not call this API.',
    });
  }
  try {
    return answer(200, (await endpoint(parts, request, searchParams)) as object);
  } catch (error) {
    if (error instanceof BadRequest || error instanceof RangeError) {
      return answer(400, { error: 'bad_request', message: error.message });
    }
    return answer(500, { error: 'internal_error', message: String(error) });
  }
}

async function logs(
  { cloud }: AdminParts,
  _request: IncomingMessage,
  query: URLSearchParams,
): Promise<unknown> {
  known(query, ['function', 'since']);
  const group = query.get('function');
  const names = [...cloud.functions.names(), ACCESS_LOG];
  if (group !== null && !names.includes(group)) {
    throw new BadRequest(`function must be one of ${names.join(', ')}.`);
  }
  const since = query.get('since');
  const from = since === null ? 0 : Date.parse(since);
  if (Number.isNaN(from)) throw new BadRequest('since must be a time as in 2026-01-15T10:00:00Z.');
  const entries = cloud.logs.entries({ ...(group === null ? {} : { group }), since: from });
  return {
    lines: entries.map(({ timestamp, group: name, message, requestId }) => ({
      timestamp: new Date(timestamp).toISOString(),
      function: name,
      message,
      ...(requestId === undefined ? {} : { request_id: requestId }),
    })),
  };
}

const clockState = ({ clock }: RunningCloud) => ({
  now: new Date(clock.now()).toISOString(),
  offset_ms: clock.offsetMs,
});

const isDate = (milliseconds: number): boolean => !Number.isNaN(new Date(milliseconds).getTime());

function known(query: URLSearchParams, allowed: readonly string[]): void {
  for (const name of query.keys()) {
    if (!allowed.includes(name))
      throw new BadRequest(`There is no parameter ${name}; the parameters are ${allowed.join(', ')}.`);
  }
}

/** Whether a browser says that the request comes from a page that the local cloud's own port does not serve. */
function isFromElsewhere({ headers, socket }: IncomingMessage): boolean {
  const { origin, 'sec-fetch-site': site = 'none' } = headers;
  if (origin !== undefined) return !isLocalOrigin(origin, socket.localPort ?? 0);
  return site !== 'none' && site !== 'same-origin';
}
