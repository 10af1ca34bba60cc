/** How much of monitoring there is; docs/configuration.md says what each holds. */
export const MONITORING = ['full', 'essential', 'none'] as const;

/** What of maintenance mode a deployment has. */
export interface Parts {
  /** Where the application's sessions are: nowhere that maintenance could see, in a cache of the stack's own, or in a Redis that exists. */
  readonly sessions: 'none' | 'cache' | 'existing';
  /** Whether there are a registry of jobs and what drains them. */
  readonly jobs: boolean;
  readonly monitoring: (typeof MONITORING)[number];
}

/** The sets of parts that have a name. A single option of a part wins over them. */
export const PROFILES = {
  smallest: { sessions: 'none', jobs: false, monitoring: 'none' },
  essential: { sessions: 'none', jobs: false, monitoring: 'essential' },
  whole: { sessions: 'cache', jobs: true, monitoring: 'full' },
} as const satisfies Readonly<Record<string, Parts>>;

/** The options that only some parts can give effect to, as they were set. */
interface OptionsOfParts {
  readonly sessions?: unknown;
  readonly redis?: unknown;
  readonly cache?: unknown;
  readonly sessionPolicy?: unknown;
  readonly workloads?: unknown;
  readonly contacts?: Readonly<Record<string, readonly string[]>> | undefined;
  readonly alarmThresholds?: Readonly<Record<string, unknown>> | undefined;
}

/** Contacts and thresholds that have an effect, by how much of monitoring there is. */
const WATCHED: Readonly<Record<'essential' | 'none', { contacts: string[]; thresholds: string[] }>> = {
  essential: {
    contacts: ['level1', 'level2', 'level3'],
    thresholds: ['unhealthyMinutes', 'silentMinutes', 'authorizerErrorsPerMinute', 'deadLetters'],
  },
  none: { contacts: [], thresholds: [] },
};

interface Contradiction {
  /** The option's path. */
  readonly path: string[];
  readonly message: string;
}

/**
 * What the options ask for and the parts can't give. An option that could have no effect is refused, so that nobody
 * relies on what isn't there.
 */
export function contradictions(options: OptionsOfParts, parts: Parts): Contradiction[] {
  return [...ofSessions(options, parts), ...ofJobs(options, parts), ...ofMonitoring(options, parts)];
}

function* ofSessions(options: OptionsOfParts, { sessions }: Parts): Generator<Contradiction> {
  if (options.redis !== undefined && options.sessions !== undefined) {
    yield {
      path: ['sessions'],
      message: 'must be left out where "redis" names the Redis that holds sessions',
    };
  }
  if (options.cache !== undefined && sessions === 'existing') {
    yield { path: ['cache'], message: 'is for the cache that the stack makes: with "redis" it makes none' };
  }
  if (options.cache !== undefined && sessions === 'none') {
    yield {
      path: ['cache'],
      message: 'is for the cache that the stack makes: set "sessions" to "cache" to have one',
    };
  }
  if (options.sessionPolicy !== undefined && sessions === 'none') {
    yield {
      path: ['sessionPolicy'],
      message:
        'is about sessions in Redis, and there is none: set "sessions" to "cache", or name a Redis by "redis"',
    };
  }
}

function* ofJobs(options: OptionsOfParts, { jobs }: Parts): Generator<Contradiction> {
  if (options.workloads !== undefined && !jobs) {
    yield { path: ['workloads'], message: 'is drained together with jobs: set "jobs" to true' };
  }
}

function* ofMonitoring(
  { contacts = {}, alarmThresholds = {} }: OptionsOfParts,
  { monitoring }: Parts,
): Generator<Contradiction> {
  if (monitoring === 'full') return;
  const watched = WATCHED[monitoring];
  for (const [name, addresses] of Object.entries(contacts)) {
    if (addresses.length === 0 || watched.contacts.includes(name)) continue;
    const needed = WATCHED.essential.contacts.includes(name) ? '"essential" or "full"' : '"full"';
    yield {
      path: ['contacts', name],
      message: `is told by a topic that is not there: set "monitoring" to ${needed}`,
    };
  }
  for (const [name, value] of Object.entries(alarmThresholds)) {
    if (value === undefined || watched.thresholds.includes(name)) continue;
    const needed = WATCHED.essential.thresholds.includes(name) ? '"essential" or "full"' : '"full"';
    yield {
      path: ['alarmThresholds', name],
      message: `is of an alarm that is not there: set "monitoring" to ${needed}`,
    };
  }
}
