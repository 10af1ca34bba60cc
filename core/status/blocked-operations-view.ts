import { totalOf } from '../attempts/counts.ts';
import { type AttemptTotals, EMPTY_TOTALS } from '../attempts/totals.ts';
import { blockedOperations, isForbidden } from '../decision/decide.ts';
import type { Rule } from '../decision/rule.ts';
import { describeOperation } from '../messages/operation-texts.ts';
import { effective } from '../state/clock.ts';
import { type Maintenance, ownOperations, type State } from '../state/state.ts';
import { rfc3339 } from '../text.ts';
import type { BlockedOperation, BlockedOperationsView } from './schemas.ts';

type CountsSource = 'activity_table' | 'last_known' | 'unavailable';

/** What was counted during the present maintenance, and how it is known. */
export interface KnownTotals {
  /** Null when nothing is known. */
  readonly totals: AttemptTotals | null;
  readonly source: CountsSource;
}

/** Where nobody counts. */
export const NOT_COUNTED: KnownTotals = { totals: null, source: 'unavailable' };

/** While nothing is blocked. */
export const NOTHING_TO_COUNT: KnownTotals = { totals: EMPTY_TOTALS, source: 'activity_table' };

/**
 * What is blocked at `now`, and how often it was tried. Empty while nothing is: also in a test run, which only
 * records.
 *
 * @param rules every rule by which requests are classified
 */
export function blockedOperationsView(
  state: State,
  known: KnownTotals,
  { rules, now }: { readonly rules: readonly Rule[]; readonly now: number },
): BlockedOperationsView {
  const maintenance = enforced(state, now);
  const { totals, source } = maintenance === null && known !== NOT_COUNTED ? NOTHING_TO_COUNT : known;
  const items =
    maintenance === null ? [] : itemsOf(maintenance, totals, { rules, own: ownOperations(state) });
  const total = totals && totalOf(totals.counts.blocked);
  return {
    items,
    next_cursor: null,
    totals: {
      blocked_operations: items.length,
      attempt_count: totals && (total?.calls ?? 0),
      last_attempt: total ? rfc3339(total.lastAt) : null,
      client_count: totals?.clients.count ?? null,
      client_count_exact: totals?.clients.exact ?? false,
    },
    version: state.version,
    counts_source: source,
    as_of: rfc3339(now),
  };
}

/** The maintenance that blocks calls at `now`, null when none does. */
export function enforced(state: State, now: number): Maintenance | null {
  const { maintenance } = effective(state, now);
  return maintenance?.mode === 'test' ? null : maintenance;
}

function itemsOf(
  maintenance: Maintenance,
  totals: AttemptTotals | null,
  { rules, own }: { readonly rules: readonly Rule[]; readonly own: readonly string[] },
): readonly BlockedOperation[] {
  return blockedOperations(maintenance, own).map((operation) => {
    const { description, userMessage } = describeOperation(operation);
    const count = totals?.counts.blocked.get(operation);
    return {
      operation_type: operation,
      endpoint_patterns: patternsOf(operation, rules),
      description,
      blocked_since: rfc3339(blockedSince(maintenance, operation)),
      attempt_count: totals && (count?.calls ?? 0),
      last_attempt: count ? rfc3339(count.lastAt) : null,
      user_message: userMessage,
    };
  });
}

/** What no rule covers is a read or unknown, by its verb: any path may be that. */
const BY_VERB: readonly string[] = ['read_operations', 'unknown'];

function patternsOf(operation: string, rules: readonly Rule[]): readonly string[] {
  const named = rules.filter((rule) => rule.operation === operation).map(({ path }) => path);
  return [...new Set(BY_VERB.includes(operation) ? [...named, '/{path+}'] : named)];
}

/** An emergency blocks more than the maintenance that it interrupted. */
function blockedSince(maintenance: Maintenance, operation: string): number {
  if (maintenance.mode !== 'emergency') return maintenance.startedAt;
  const { suspended, startedAt, declaredAt, id, startedBy, notifyUsers } = maintenance;
  if (suspended === null) return declaredAt;
  const before: Maintenance = { mode: 'normal', id, startedAt, startedBy, notifyUsers, ...suspended };
  return isForbidden(before, operation) ? startedAt : declaredAt;
}
