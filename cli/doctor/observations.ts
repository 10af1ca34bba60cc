import type { Observations } from '../../core/health/checks/checks.ts';
import { type Observation, observed, part, unable } from '../../core/health/observation.ts';
import type { HealthFacts, ReportFactsSeen, StatusFacts } from './api-facts.ts';
import { answerOf, expectedBy, isAsStated } from './canary.ts';
import { observe } from './observe.ts';
import { once } from './once.ts';
import { NO_API, type Sources } from './sources.ts';

/** How the doctor observes what it checks: each of it once, by the API where that is chosen, and past it. */
export function observationsOf(sources: Sources): Observations {
  const { api, log, aws, diagnostics, origin } = sources;
  const status = () => api?.status() ?? log.status();
  const health = () => api?.health() ?? absent;
  const whoAmI = () => api?.whoAmI() ?? absent;
  const report = () => api?.report() ?? absent;
  return {
    state: status,
    health,
    plannedEnd: async () =>
      part(await status(), ({ is_active, estimated_completion: end, as_of }) => ({
        end: is_active && end !== null ? Date.parse(end) : null,
        now: Date.parse(as_of),
      })),
    logRead: async () => part(await newestEvents(sources), (events) => ({ events, milliseconds: null })),
    logWrite: async () => part(await log.write(), () => ({ milliseconds: null })),
    chain: log.chain,
    windows: async () => {
      const [windows, state] = await Promise.all([api?.windows() ?? log.windows(), status()]);
      return part(windows, ({ items, next_cursor }) => ({
        count: items.length,
        isMore: next_cursor !== null,
        next: state.outcome === 'observed' ? nextWindow(state.value) : null,
      }));
    },
    rules: async () =>
      part(await (api?.rules() ?? absent), ({ items, next_cursor }) => ({
        items,
        isMore: next_cursor !== null,
      })),
    alwaysAllowed: aws.alwaysAllowed,
    methods: aws.methods,
    resultTtls: aws.resultTtls,
    healthCheckAge: async () => healthCheckAge(await diagnostics()),
    alarms: async () => {
      const found = await diagnostics();
      if (found.outcome !== 'observed') return found;
      const { alarms } = found.value;
      return alarms === null
        ? unable(
            'The health check could not ask for the alarms.',
            'See the alarms in the CloudWatch console.',
          )
        : { ...found, value: alarms };
    },
    functions: aws.functions,
    functionErrors: aws.errors,
    caches: aws.caches,
    sessionStore: async () =>
      part(component(await health(), 'session_store'), ({ status, message }) => ({
        isHealthy: status === 'healthy',
        message,
      })),
    deadLetters: aws.queues,
    purge: async () =>
      part(
        await status(),
        ({ session_purge: purge, as_of }) =>
          purge && {
            ...purge,
            silence: purge.updated_at === null ? 0 : Date.parse(as_of) - Date.parse(purge.updated_at),
          },
      ),
    head: async () => {
      const found = await (api?.head() ?? absent);
      const milliseconds = found.latency ?? null;
      return part(found, (status) => ({ status, milliseconds }));
    },
    stateStore: async () => stateStore(component(await health(), 'event_log'), await log.head()),
    issuerKeysAge: async () => issuerKeysAge(component(await health(), 'issuer_keys')),
    sessions: async () => api?.sessions() ?? absent,
    whoAmI,
    iamIdentity: aws.identity,
    adminPath: async () => adminPath(await whoAmI(), await log.write()),
    logGroups: aws.groups,
    errorLines: aws.logErrors,
    securityLines: aws.securityLines,
    decisions: once(() => decisions(api)),
    originStatus: () => originStatus(origin),
    emergencySteps: async () => emergencySteps(await status(), await report()),
    emergencyAge: async () => emergencyAge(await status(), await report()),
    stuckJobs: async () => stuckJobs(await (api?.stopping() ?? absent), await status(), await report()),
    decisionLatency: aws.decisionLatency,
    throttles: aws.throttles,
    concurrency: aws.concurrency,
    cacheMemory: aws.cache,
    evictions: async () =>
      part(
        await aws.cache(),
        (cache) =>
          cache && {
            keys: cache.evictions,
            throttled: cache.throttled,
            span: 'in the last 15 minutes' as const,
          },
      ),
  };
}

const absent: Promise<Observation<never>> = Promise.resolve(NO_API);

/** The log itself says it where it can be asked, else the API. */
async function newestEvents({ api, log }: Pick<Sources, 'api' | 'log'>): Promise<Observation<number>> {
  const own = await log.newest();
  if (own.outcome !== 'unable' || api === null) return own;
  return part(await api.history(), ({ items }) => items.length);
}

function nextWindow({ next_window: next, as_of }: StatusFacts) {
  return next && { ...next, late: Date.parse(as_of) - Date.parse(next.starts_at) };
}

/** Before the first health check, and when its record can't be read, the answer says so by a finding. */
function healthCheckAge(diagnostics: Awaited<ReturnType<Sources['diagnostics']>>): Observation<number> {
  if (diagnostics.outcome !== 'observed') return diagnostics;
  const { age_seconds: age, findings } = diagnostics.value;
  if (age !== null) return { ...diagnostics, value: age };
  const own = findings.find(({ check }) => check === 'health_check' || check === 'health_record');
  return {
    outcome: 'failed',
    why: own?.seen ?? 'The scheduled health check has not run yet.',
    remedy: own?.remedy ?? undefined,
    latency: diagnostics.latency,
  };
}

type ComponentFacts = HealthFacts['components'][string];

/** What the health call says of one component. */
function component(health: Observation<HealthFacts>, name: string): Observation<ComponentFacts> {
  if (health.outcome !== 'observed') return health;
  const found = health.value.components[name];
  return found === undefined
    ? unable(`The health call says nothing of ${name}.`, 'See health.')
    : observed(found, found.latency_ms);
}

/** From inside is how the authorizer itself reads it; the doctor's own read tells where nobody else does. */
function stateStore(inside: Observation<ComponentFacts>, ownRead: Observation<unknown>) {
  if (inside.outcome === 'unable' && ownRead.outcome !== 'unable') {
    return part(ownRead, () => ({ status: 'healthy' as const, text: 'The state table answers.' }));
  }
  return part(inside, ({ status, message }) => ({ status, text: `From inside: ${message}` }));
}

/** Without an age, none may be kept, or nobody could look: the health check knows which. */
function issuerKeysAge(keys: Observation<ComponentFacts>): Observation<number | null> {
  if (keys.outcome !== 'observed') return keys;
  const { age_ms: age, message } = keys.value;
  if (age !== null) return { ...keys, value: age };
  return unable(message, 'See what the health check says of issuer_keys, and the log of the function tick.');
}

function adminPath(whoAmI: Observation<{ readonly role: string }>, write: Observation<null>) {
  const wasAsked = (observation: Observation<unknown>) => observation.outcome === 'failed';
  const isAdmin = whoAmI.outcome === 'observed' && whoAmI.value.role === 'admin';
  const isApiTried = whoAmI.outcome === 'observed' || wasAsked(whoAmI);
  return observed({
    who: 'You' as const,
    ways: [
      { name: 'the API' as const, isOpen: isApiTried ? isAdmin : null },
      {
        name: 'the direct way' as const,
        isOpen: write.outcome === 'observed' ? true : wasAsked(write) ? false : null,
      },
    ],
  });
}

async function decisions(api: Sources['api']) {
  if (api === null) return NO_API;
  const { status, canary } = await api.enforcement();
  if (status.outcome !== 'observed') return unable('The state is not known.', 'See status_read.');
  const state = status.value;
  return part(canary, (facts) => {
    const answer = answerOf(facts);
    return {
      answers: [answer],
      differing: isAsStated(state, facts) ? [] : [answer],
      newest: { expected: expectedBy(state), version: state.version },
    };
  });
}

/** Longest wait for the application, ms. */
const ORIGIN_LIMIT = 4000;

/** How the application answers past the gateway, without the gateway's secret; null when it does not. */
async function originStatus(origin: string | null): Promise<Observation<number | null>> {
  if (origin === null)
    return unable('The address of the application was not given.', 'Give it with --origin URL.');
  const answer = await observe(ORIGIN_LIMIT, async (signal) => {
    const { status } = await fetch(origin, { redirect: 'manual', signal });
    return status;
  });
  return answer.outcome === 'failed' ? observed(null, answer.latency) : answer;
}

type Report = Observation<ReportFactsSeen | null>;

/** The emergency that is on, in the report of its maintenance. */
function current(report: Report): ReportFactsSeen['emergencies'][number] | undefined {
  if (report.outcome !== 'observed') return undefined;
  return report.value?.emergencies.findLast(({ ended_at }) => ended_at === null);
}

function isEmergency({ is_active, mode }: StatusFacts): boolean {
  return is_active && mode === 'emergency';
}

function emergencySteps(status: Observation<StatusFacts>, report: Report) {
  const isActive = status.outcome === 'observed' && isEmergency(status.value);
  if (status.outcome === 'observed' && !isActive) return observed({ isActive, steps: null });
  return part(report, () => ({ isActive, steps: current(report)?.steps ?? null }));
}

function emergencyAge(status: Observation<StatusFacts>, report: Report): Observation<number | null> {
  return part(status, (state) => {
    if (!isEmergency(state)) return null;
    const since = current(report)?.declared_at ?? state.started_at ?? state.as_of;
    return Date.parse(state.as_of) - Date.parse(since);
  });
}

function stuckJobs(
  stopping: Observation<{
    readonly items: readonly { readonly id: string; readonly deadline: string | null }[];
  }>,
  status: Observation<StatusFacts>,
  report: Report,
) {
  const now = status.outcome === 'observed' ? Date.parse(status.value.as_of) : null;
  const failed = report.outcome === 'observed' ? (report.value?.jobs?.failed_to_terminate ?? []) : [];
  return part(stopping, ({ items }) => ({
    failed,
    late: items.flatMap(({ id, deadline }) =>
      now !== null && deadline !== null && Date.parse(deadline) < now ? [id] : [],
    ),
  }));
}
