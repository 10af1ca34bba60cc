import type { State } from '../../state/state.ts';
import type { Finding } from '../finding.ts';
import { type ComponentFindings, findingsOf, type Look, silence } from './components.ts';

/** What Redis told of itself and of the copy of the state that it holds. */
export interface RedisFacts {
  /** Milliseconds that a PING took. */
  readonly ping: number;
  /** Servers that hold keys. */
  readonly servers: number;
  /** Of all servers together; null where Redis does not say. */
  readonly usedBytes: number | null;
  /** Null where Redis does not say, or there is no limit. */
  readonly maximumBytes: number | null;
  /** What is deleted when memory is full, such as `volatile-lru`; null where Redis does not say. */
  readonly evictionPolicy: string | null;
  /** Keys deleted for want of memory since the servers started; null where Redis does not say. */
  readonly evictedKeys: number | null;
  /** Connections of all clients. */
  readonly clients: number | null;
  /** Keys, and how many of them expire by themselves. */
  readonly keys: { readonly all: number; readonly expiring: number } | null;
  /** The copy of the state; null where there is none. */
  readonly mirror: { readonly version: number; readonly keptAt: number | null } | null;
}

/** The invocation of the probe, its start included, apart from what Redis itself took; ms. */
const SLOW_PING = 200;
/** Share of the memory that is full enough to be told of. */
const NEARLY_FULL = 0.8;
/** How long the copy of the state may be behind the log: the stream takes a second or two, ms. */
const BEHIND = 120_000;

const SAFE_POLICY =
  'Choose a policy that begins with `volatile-`, or `noeviction`: docs/sessions.md says why. ElastiCache Serverless has volatile-lru and takes no other.';

/**
 * Redis, as seen from within its network.
 *
 * @param state the newest state and when it was written, ms; null when nobody knows
 * @param now ms since the epoch
 */
export function redisFindings(
  look: Look<RedisFacts>,
  state: { readonly state: State; readonly writtenAt: number | null } | null,
  now: number,
): ComponentFindings {
  const finding = findingsOf('services', look.latency);
  if (!look.answered) {
    const remedy =
      'Look whether the cache is available (`cache_status`), and at the log of the function redis-probe: a role that may not sign in and a security group that lets nobody through look the same. Blocking goes on without Redis.';
    return {
      component: 'session_store',
      findings: [
        finding('redis', 'failed', `Redis could not be looked at: its probe ${silence(look)}.`, remedy),
      ],
    };
  }
  const { facts } = look;
  return {
    component: 'session_store',
    findings: [
      ping(facts),
      memory(facts),
      evictions(facts),
      policy(facts),
      expiry(facts),
      mirror(facts, state, now),
    ],
  };
}

function ping({ ping: milliseconds, servers, clients }: RedisFacts): Finding {
  const finding = findingsOf('services', milliseconds);
  const connected = clients === null ? '' : `, ${clients} connections`;
  return finding(
    'redis',
    milliseconds > SLOW_PING ? 'warning' : 'ok',
    `Redis answered a PING in ${Math.round(milliseconds)} ms; ${servers === 1 ? '1 server' : `${servers} servers`}${connected}.`,
    'Look at the metrics of the cache: processing units, throttled commands, connections.',
  );
}

function memory({ usedBytes, maximumBytes }: RedisFacts): Finding {
  const finding = findingsOf('performance', null);
  if (usedBytes === null) return finding('redis_memory', 'ok', 'Redis does not say how much memory it uses.');
  const used = `${megabytes(usedBytes)} MB`;
  if (maximumBytes === null) return finding('redis_memory', 'ok', `Redis uses ${used}; it names no limit.`);
  const share = usedBytes / maximumBytes;
  return finding(
    'redis_memory',
    share > NEARLY_FULL ? 'warning' : 'ok',
    `Redis uses ${used} of ${megabytes(maximumBytes)} MB (${Math.round(share * 100)} %).`,
    'Raise the limit of the cache (`cacheMaximumGigabytes`), or let sessions expire sooner.',
  );
}

function evictions({ evictedKeys }: RedisFacts): Finding {
  const finding = findingsOf('performance', null);
  if (evictedKeys === null)
    return finding('redis_evictions', 'ok', 'Redis does not say whether it has evicted keys.');
  return finding(
    'redis_evictions',
    evictedKeys > 0 ? 'warning' : 'ok',
    `${evictedKeys} keys have been deleted for want of memory since Redis started.`,
    'Sessions are lost in this way, also those of admins. Give the cache more memory.',
  );
}

function policy({ evictionPolicy }: RedisFacts): Finding {
  const finding = findingsOf('configuration', null);
  if (evictionPolicy === null) {
    return finding(
      'redis_eviction_policy',
      'ok',
      'Redis does not say what it deletes when its memory is full.',
    );
  }
  const isRisky = evictionPolicy.startsWith('allkeys-');
  const seen = `When memory is full, Redis goes by ${evictionPolicy}${isRisky ? ': it may delete the sessions of admins, and the copy of the state' : ''}.`;
  return finding('redis_eviction_policy', isRisky ? 'warning' : 'ok', seen, SAFE_POLICY);
}

/** Redis sweeps what expires. What never does stays: that is told, and left to the application that made it. */
function expiry({ keys }: RedisFacts): Finding {
  const finding = findingsOf('performance', null);
  if (keys === null) return finding('session_expiry', 'ok', 'Redis does not say how many keys expire.');
  // The copy of the state is one that should stay.
  const lasting = Math.max(0, keys.all - keys.expiring - 1);
  const isMost = lasting > 100 && lasting > keys.all / 2;
  return finding(
    'session_expiry',
    isMost ? 'warning' : 'ok',
    `Of ${keys.all} keys, ${keys.expiring} expire by themselves.`,
    'Sessions without an expiry are never swept, and memory fills up: let the application set one (`EXPIRE`, `SET … EX`).',
  );
}

function mirror(
  { mirror: copy }: RedisFacts,
  log: { readonly state: State; readonly writtenAt: number | null } | null,
  now: number,
): Finding {
  const finding = findingsOf('services', null);
  const remedy =
    'It is renewed every minute by the function purge: look for `mirror_failed` in its log. The copy counts only while the event log can’t be read.';
  if (log === null) {
    return finding(
      'state_copy',
      'unknown',
      'The event log could not be read, so nothing is known of its copy.',
      remedy,
    );
  }
  const { state, writtenAt } = log;
  if (state.version === 0) return finding('state_copy', 'ok', 'There is no event yet, and nothing to copy.');
  const version = copy?.version ?? 0;
  const seen = `The copy of the state in Redis is of version ${version}, the log of ${state.version}.`;
  if (version === state.version) return finding('state_copy', 'ok', seen);
  const isLate = version > state.version || writtenAt === null || now - writtenAt > BEHIND;
  return finding('state_copy', isLate ? 'warning' : 'ok', seen, remedy);
}

function megabytes(bytes: number): string {
  return (bytes / 1_000_000).toFixed(1);
}

/** What the control plane of ElastiCache says of the cache that is the stack's own. */
export interface CacheFacts {
  /** Such as `available`; null when there is no such cache. */
  readonly status: string | null;
  /** What happened to it within the last hour, the newest first. */
  readonly events: readonly string[];
}

/** Nothing can be told of it where AWS does not answer: requests do without that answer. */
export function cacheFindings(look: Look<CacheFacts>): ComponentFindings {
  const finding = findingsOf('services', look.latency);
  if (!look.answered) {
    const seen = `ElastiCache ${silence(look)} about the cache.`;
    const remedy =
      'Look at the cache in the console of ElastiCache. What matters to requests is `redis`, which is looked at apart from this.';
    return { component: 'cache', findings: [finding('cache_status', 'unknown', seen, remedy)] };
  }
  const { status, events } = look.facts;
  const happened =
    events.length === 0
      ? 'nothing happened to it within the hour'
      : `within the hour: ${events[0]?.replace(/\.$/, '')}`;
  return {
    component: 'cache',
    findings: [
      finding(
        'cache_status',
        status === 'available' ? 'ok' : status === 'modifying' ? 'warning' : 'failed',
        status === null ? 'The cache does not exist.' : `The cache is ${status}; ${happened}.`,
        status === null
          ? 'Deploy the stack again, and restore its sessions from a snapshot if they matter.'
          : 'Wait for a change to be over. A cache that stays in another state is for AWS Support.',
      ),
    ],
  };
}
