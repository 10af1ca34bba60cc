import type { Finding } from '../../../core/health/finding.ts';
import { type Look, unable } from '../observation.ts';
import { counted, judged, named } from './doctor-checks.ts';
import type { DiagnosticsFacts, HealthFacts, StatusFacts } from './facts.ts';
import { minutes } from './status.ts';

/** A deployed function, as Lambda describes it. */
export interface DeployedFunction {
  readonly name: string;
  /** `Active` when it can be invoked. */
  readonly state: string;
  /** `Successful`, or why its newest version is not in force. */
  readonly lastUpdate: string;
  readonly reason: string | null;
}

export interface ServicesLooks {
  readonly diagnostics: Look<DiagnosticsFacts>;
  readonly functions: Look<readonly DeployedFunction[]>;
  /** Failed invocations of the last 15 minutes. */
  readonly errors: Look<readonly { readonly name: string; readonly count: number }[]>;
  readonly caches: Look<readonly { readonly name: string; readonly status: string }[]>;
  readonly health: Look<HealthFacts>;
  readonly queues: Look<readonly { readonly name: string; readonly messages: number }[]>;
  readonly status: Look<StatusFacts>;
}

/** Seconds after which a health check that runs every minute counts as silent. */
export const SILENT_AFTER = 180;
/** A purge that says nothing for longer, ms, was cut off, and the next tick takes it up. */
const PURGE_SILENT = 180_000;

/** Whether all that has to run does. */
export function judgeServices(looks: ServicesLooks): readonly Finding[] {
  return [
    judgeSchedule(looks.diagnostics),
    judgeAlarms(looks.diagnostics),
    judgeFunctions(looks.functions),
    judged('function_errors', looks.errors, 'See functions.', (counts, say) => {
      const failing = counts.filter(({ count }) => count > 0);
      if (failing.length === 0) return say.ok('No invocation has failed in the last 15 minutes.');
      const which = named(failing.map(({ name, count }) => `${name} ${count}`));
      return say.warning(
        `Invocations failed in the last 15 minutes: ${which}.`,
        'The lines at the time say why: see log_errors, and the log group of the function.',
      );
    }),
    judged('cache_status', looks.caches, 'See the cache in the ElastiCache console.', (caches, say) => {
      if (caches.length === 0) return say.ok('The stack has no cache of its own.');
      const away = caches.filter(({ status }) => status !== 'available');
      if (away.length === 0) return say.ok(`${named(caches.map(({ name }) => name))} is available.`);
      const which = `${named(away.map(({ name, status }) => `${name} is ${status}`))}.`;
      const wait = 'Wait for the change to end, or see the events of the cache in the ElastiCache console.';
      return away.every(({ status }) => status === 'modifying')
        ? say.warning(which, wait)
        : say.failed(which, wait);
    }),
    judged('session_store', component(looks.health, 'session_store'), SESSION_STORE, (store, say) =>
      store.status === 'healthy' ? say.ok(store.message) : say.warning(store.message, SESSION_STORE),
    ),
    judged('dead_letters', looks.queues, 'See the queue in the SQS console.', (queues, say) => {
      const filled = queues.filter(({ messages }) => messages > 0);
      if (filled.length === 0) return say.ok('Nothing lies in the dead-letter queues.');
      return say.failed(
        `Undelivered: ${named(filled.map(({ name, messages }) => `${counted(messages, 'message')} in ${name}`))}.`,
        'Read what they say and why they failed (`aws sqs receive-message`), mend that, then hand over again what is not outdated: docs/troubleshooting.md#dead-letters.',
      );
    }),
    judgePurge(looks.status),
  ];
}

const SESSION_STORE =
  'Cookie sessions count as anonymous until Redis is back; blocking and toggles go on. See cache_status, and the security groups of functions and cache.';

function judgeSchedule(diagnostics: Look<DiagnosticsFacts>): Finding {
  const remedy =
    'See that the rules of the schedule are enabled (`aws events list-rules`), and what the function of the health check logs.';
  return judged('health_check', diagnostics, remedy, ({ age_seconds: age, findings }, say) => {
    if (age === null) {
      const told = findings.find(({ check }) => check === 'health_check' || check === 'health_record');
      return say.failed(told?.seen ?? 'The scheduled health check has not run yet.', told?.remedy ?? remedy);
    }
    const text = `The scheduled health check ran ${Math.round(age)} s ago`;
    return age <= SILENT_AFTER ? say.ok(`${text}.`) : say.failed(`${text}: it has fallen silent.`, remedy);
  });
}

function judgeAlarms(diagnostics: Look<DiagnosticsFacts>): Finding {
  const asked =
    diagnostics.outcome === 'seen' && diagnostics.value.alarms === null
      ? unable('The health check could not ask for the alarms.', 'See the alarms in the CloudWatch console.')
      : diagnostics;
  return judged('alarms', asked, 'See the alarms in the CloudWatch console.', ({ alarms }, say) => {
    const raised = (alarms ?? []).filter(({ state }) => state === 'alarm');
    const grave = raised.filter(({ severity }) => severity !== 'info');
    if (raised.length === 0) return say.ok('No alarm is raised.');
    const which = named(raised.map(({ name, severity }) => `${name} (${severity})`));
    if (grave.length === 0) return say.ok(`Raised, for information: ${which}.`);
    const guides = [...new Set(grave.flatMap(({ runbook }) => runbook ?? []))];
    const remedy = guides.length === 0 ? 'See docs/troubleshooting.md.' : `See ${guides.join(', ')}.`;
    return grave.some(({ severity }) => severity !== 'warning')
      ? say.failed(`Raised: ${which}.`, remedy)
      : say.warning(`Raised: ${which}.`, remedy);
  });
}

function judgeFunctions(functions: Look<readonly DeployedFunction[]>): Finding {
  const remedy = 'See the function in the Lambda console; deploying again (`npm run deploy`) puts it back.';
  return judged('functions', functions, remedy, (all, say) => {
    const ill = all.filter(({ state }) => state !== 'Active' && state !== 'Inactive');
    const stale = all.filter(({ lastUpdate }) => lastUpdate !== 'Successful');
    const said = ({ name, state, lastUpdate, reason }: DeployedFunction): string =>
      `${name} is ${state}, its last update ${lastUpdate}${reason === null ? '' : ` (${reason})`}`;
    if (ill.length > 0) return say.failed(`${named(ill.map(said))}.`, remedy);
    if (stale.length > 0) return say.warning(`${named(stale.map(said))}.`, remedy);
    return say.ok(`All ${all.length} functions can be invoked.`);
  });
}

/** What the health call says of one component. */
export function component(
  health: Look<HealthFacts>,
  name: string,
): Look<{ readonly status: HealthFacts['status']; readonly message: string }> {
  if (health.outcome !== 'seen') return health;
  const found = health.value.components[name];
  return found === undefined
    ? unable(`The health call says nothing of ${name}.`)
    : { outcome: 'seen', value: found, latency: found.latency_ms };
}

function judgePurge(status: Look<StatusFacts>): Finding {
  return judged('session_purge', status, 'See status_read.', ({ session_purge: purge, as_of }, say) => {
    const remedy =
      'It is tried again every minute. See session_store; `maintenance status` shows how far it has come.';
    if (purge === null) return say.ok('No sessions wait to be deleted.');
    if (purge.status === 'failed') {
      return say.warning(
        `Sessions are still to be deleted: ${purge.error ?? 'the last attempt failed'}.`,
        remedy,
      );
    }
    if (purge.status === 'completed') return say.ok('The newest purge of sessions is through.');
    const silent = purge.updated_at === null ? 0 : Date.parse(as_of) - Date.parse(purge.updated_at);
    return silent > PURGE_SILENT
      ? say.warning(`The purge of sessions has said nothing for ${minutes(silent)}.`, remedy)
      : say.ok('Sessions are being deleted.');
  });
}
