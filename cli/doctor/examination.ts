import { FINDING_SECTIONS, type Finding, type FindingSection } from '../../core/health/finding.ts';
import { judgeConfiguration } from './checks/configuration.ts';
import { judgeConnectivity } from './checks/connectivity.ts';
import { DOCTOR_CHECKS, type DoctorCheck } from './checks/doctor-checks.ts';
import { judgeEmergency } from './checks/emergency.ts';
import { judgeEnforcement } from './checks/enforcement.ts';
import { judgeLogs } from './checks/logs.ts';
import { judgePerformance } from './checks/performance.ts';
import { judgePermissions } from './checks/permissions.ts';
import { judgeServices } from './checks/services.ts';
import { judgeStatus } from './checks/status.ts';
import { lookAt } from './look-at.ts';
import { type Look, part, seen, unable } from './observation.ts';
import type { Sources } from './sources.ts';

/** Checks that nothing but the API can answer. */
export const BY_API: readonly DoctorCheck[] = [
  'health',
  'rules',
  'health_check',
  'alarms',
  'session_store',
  'session_purge',
  'head_status',
  'issuer_keys',
  'sessions',
  'identity',
  'sign_in_freshness',
  'enforcement',
  'decided_version',
  'emergency_steps',
  'stuck_jobs',
];

/** Checks that nothing but AWS credentials can answer. */
export const BY_AWS: readonly DoctorCheck[] = [
  'event_log_write',
  'event_chain',
  'always_allowed',
  'api_methods',
  'authorizer_cache',
  'functions',
  'function_errors',
  'cache_status',
  'dead_letters',
  'direct_identity',
  'log_groups',
  'log_errors',
  'security_lines',
  'decision_latency',
  'throttles',
  'concurrency',
  'redis_memory',
  'redis_evictions',
];

const NO_API = unable('It takes the API.');

/** What each section looks at, and how that is judged. Every look of all sections is taken side by side. */
export function examine(section: FindingSection, sources: Sources): Promise<readonly Finding[]> {
  return EXAMINATIONS[section](sources);
}

type Examination = (sources: Sources) => Promise<readonly Finding[]>;

const EXAMINATIONS: Readonly<Record<FindingSection, Examination>> = {
  status: async ({ api, log }) => {
    const [status, health] = await Promise.all([api?.status() ?? log.status(), api?.health() ?? NO_API]);
    return judgeStatus(status, health);
  },
  configuration: async ({ api, log, aws }) =>
    judgeConfiguration(
      await all({
        log: newest({ api, log }),
        write: log.write(),
        chain: log.chain(),
        status: api?.status() ?? log.status(),
        windows: api?.windows() ?? log.windows(),
        rules: api?.rules() ?? NO_API,
        alwaysAllowed: aws.alwaysAllowed(),
        methods: aws.methods(),
        resultTtls: aws.resultTtls(),
      }),
    ),
  services: async ({ api, log, aws, diagnostics }) =>
    judgeServices(
      await all({
        diagnostics: diagnostics(),
        functions: aws.functions(),
        errors: aws.errors(),
        caches: aws.caches(),
        health: api?.health() ?? NO_API,
        queues: aws.queues(),
        status: api?.status() ?? log.status(),
      }),
    ),
  connectivity: async ({ api, log }) =>
    judgeConnectivity(
      await all({
        head: api?.head() ?? NO_API,
        health: api?.health() ?? NO_API,
        ownRead: log.head(),
        sessions: api?.sessions() ?? NO_API,
      }),
    ),
  permissions: async ({ api, log, aws }) =>
    judgePermissions(await all({ whoAmI: api?.whoAmI() ?? NO_API, iam: aws.identity(), write: log.write() })),
  logs: async ({ aws }) =>
    judgeLogs(await all({ groups: aws.groups(), errors: aws.logErrors(), security: aws.securityLines() })),
  enforcement: async ({ api, origin }) => {
    const [enforcement, answer] = await Promise.all([
      api?.enforcement() ?? { status: NO_API, canary: NO_API },
      originAnswer(origin),
    ]);
    return judgeEnforcement({ ...enforcement, origin: answer });
  },
  emergency: async ({ api, log }) =>
    judgeEmergency(
      await all({
        status: api?.status() ?? log.status(),
        report: api?.report() ?? NO_API,
        stopping: api?.stopping() ?? NO_API,
      }),
    ),
  performance: async ({ aws }) =>
    judgePerformance(
      await all({
        decisionLatency: aws.decisionLatency(),
        throttles: aws.throttles(),
        concurrency: aws.concurrency(),
        cache: aws.cache(),
      }),
    ),
};

/** The log itself tells where it can be asked, else the API. */
async function newest({ api, log }: Pick<Sources, 'api' | 'log'>): Promise<Look<number>> {
  const own = await log.newest();
  if (own.outcome !== 'unable' || api === null) return own;
  return part(await api.history(), ({ items }) => items.length);
}

const ORIGIN_LIMIT = 4000;

/** How the application answers past the gateway, without the gateway's secret. */
async function originAnswer(origin: string | null): Promise<Look<number | null>> {
  if (origin === null)
    return unable('The address of the application was not given.', 'Give it with --origin URL.');
  const look = await lookAt(ORIGIN_LIMIT, async (signal) => {
    const { status } = await fetch(origin, { redirect: 'manual', signal });
    return status;
  });
  return look.outcome === 'failed' ? seen(null, look.latency) : look;
}

type Looked<T> = { readonly [K in keyof T]: Awaited<T[K]> };

/** Waits for all of some looks at once. */
async function all<T extends Readonly<Record<string, unknown>>>(looks: T): Promise<Looked<T>> {
  const entries = Object.entries(looks).map(async ([name, look]) => [name, await look] as const);
  return Object.fromEntries(await Promise.all(entries)) as Looked<T>;
}

/** The checks of the sections that are wanted, by section. */
export function checksOf(
  sections: readonly FindingSection[],
): ReadonlyMap<FindingSection, readonly DoctorCheck[]> {
  const checks = Object.keys(DOCTOR_CHECKS) as DoctorCheck[];
  return new Map(
    FINDING_SECTIONS.filter((section) => sections.includes(section)).map((section) => [
      section,
      checks.filter((check) => DOCTOR_CHECKS[check] === section),
    ]),
  );
}
