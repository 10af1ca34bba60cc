import { BUILT_IN_RULES } from '../../core/decision/built-in-rules.ts';
import type { Finding } from '../../core/health/finding.ts';
import type { DiagnosticsFacts, SessionsFacts, StatusFacts } from '../doctor/api-facts.ts';
import { type CanaryFacts, isAsStated } from '../doctor/canary.ts';

/** The parts of a drill, in their order. */
export const DRILL_STEPS = [
  'checks',
  'enable',
  'in_force',
  'classify',
  'would_block',
  'would_purge',
  'would_drain',
  'contacts',
  'disable',
  'restored',
] as const;

export type DrillStep = (typeof DRILL_STEPS)[number];

export interface StepResult {
  readonly step: DrillStep;
  /** `skipped`: it was not wanted, or the drill had ended before. */
  readonly outcome: 'passed' | 'failed' | 'skipped';
  /** One sentence with what was seen. */
  readonly said: string;
}

export interface DrillReport {
  /** `aborted`: it was ended before its time, by an alarm or by whoever ran it. */
  readonly verdict: 'passed' | 'failed' | 'aborted';
  /** The report of the test run, null where none was begun. */
  readonly report_id: string | null;
  readonly steps: readonly StepResult[];
  readonly started_at: string;
  readonly finished_at: string;
}

/** A request to be classified, of each operation type. */
interface ClassifiedExample {
  readonly method: string;
  readonly path: string;
  readonly operation: string;
}

/** One example of each operation type that the built-in rules know. */
export const CLASSIFIED_EXAMPLES: readonly ClassifiedExample[] = [
  ...new Map(
    BUILT_IN_RULES.toReversed().map(({ method, path, operation }) => {
      const verb = [method].flat()[0] ?? 'POST';
      const example = {
        method: verb === 'ANY' ? 'POST' : verb,
        path: path.replace(/\{[^}]*\}/g, 'drill'),
        operation,
      };
      return [operation, example] as const;
    }),
  ).values(),
];

/**
 * The real requests of a drill. In a test run they reach the application, so both are reads of a path that nobody has: the
 * first is recorded as let through; the second, for its encoded slash, as one that a maintenance would block.
 */
export const DRILL_REQUESTS = {
  read: '/maintenance-drill',
  blocked: '/maintenance-drill%2Fblocked',
} as const;

/** Whether a drill may begin: nothing is active, and no check has failed. */
export function judgeChecks(findings: readonly Finding[], status: StatusFacts | null): StepResult {
  const failed = findings.filter((finding) => finding.status === 'failed').map(({ check }) => check);
  if (status === null)
    return { step: 'checks', outcome: 'failed', said: 'The state of maintenance is not known.' };
  if (status.is_active) {
    return {
      step: 'checks',
      outcome: 'failed',
      said: `Maintenance is active in ${status.mode} mode: ${status.reason ?? ''}`,
    };
  }
  return failed.length > 0
    ? { step: 'checks', outcome: 'failed', said: `Failed: ${failed.join(', ')}. See \`maintenance doctor\`.` }
    : { step: 'checks', outcome: 'passed', said: `None of ${findings.length} checks has failed.` };
}

/** What the classification of an example came to. */
interface ClassifiedFacts {
  readonly operation_type: string;
  readonly decisions: Readonly<Record<'normal' | 'emergency' | 'test', Readonly<Record<string, string>>>>;
}

const OPEN_IN_NORMAL = ['authentication', 'read_operations'];

/** Whether each example would be treated as its type demands. */
export function judgeClassified(
  found: readonly (readonly [ClassifiedExample, ClassifiedFacts])[],
): StepResult {
  const wrong = found.filter(([, { operation_type, decisions }]) => {
    const isBlocked = decisions.normal.member === 'block';
    const isAdminFree = decisions.normal.admin === 'allow' && decisions.emergency.admin === 'allow';
    return (
      isBlocked === OPEN_IN_NORMAL.includes(operation_type) ||
      !isAdminFree ||
      decisions.test.member !== 'allow'
    );
  });
  const names = wrong.map(
    ([{ method, path }, { operation_type }]) => `${method} ${path} (${operation_type})`,
  );
  return wrong.length === 0
    ? {
        step: 'classify',
        outcome: 'passed',
        said: `${found.length} operation types would be treated as they should.`,
      }
    : { step: 'classify', outcome: 'failed', said: `Not treated as its type demands: ${names.join(', ')}.` };
}

/** What would become of the sessions. */
export function judgeSessions({ total, by_role, exact }: SessionsFacts): StepResult {
  const about = exact ? '' : 'about ';
  return {
    step: 'would_purge',
    outcome: 'passed',
    said: `A maintenance would end ${about}${total - by_role.admin} sessions and keep ${about}${by_role.admin} of admins.`,
  };
}

/** Whether all is as it was before. */
export function judgeRestored(status: StatusFacts, canary: CanaryFacts, since: number): StepResult {
  const isRestored = !status.is_active && status.version >= since && isAsStated(status, canary);
  return isRestored
    ? {
        step: 'restored',
        outcome: 'passed',
        said: `No maintenance is active (version ${status.version}), and the canary passes.`,
      }
    : {
        step: 'restored',
        outcome: 'failed',
        said: `Version ${status.version}: ${status.is_active ? `active in ${status.mode} mode` : 'inactive'}; the canary answers ${canary.status}.`,
      };
}

/** The critical alarms that are raised: a drill has no business beside them. */
export function criticalAlarms({ alarms }: Pick<DiagnosticsFacts, 'alarms'>): readonly string[] {
  return (alarms ?? [])
    .filter(({ state, severity }) => state === 'alarm' && severity === 'critical')
    .map(({ name }) => name);
}
