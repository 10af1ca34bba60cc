import type { SessionFacts } from '../identity/session.ts';
import { rfc3339 } from '../text.ts';
import { SCAN_BUDGET_MS, SCAN_SIZE } from './scan.ts';
import type { SessionStatistics } from './schemas.ts';
import type { SessionStore } from './session-store.ts';

type AgeGroup = 'under_1h' | 'under_1d' | 'under_7d' | 'older' | 'unknown';

const HOUR = 3_600_000;
const AGES: readonly (readonly [AgeGroup, under: number])[] = [
  ['under_1h', HOUR],
  ['under_1d', 24 * HOUR],
  ['under_7d', 7 * 24 * HOUR],
  ['older', Number.POSITIVE_INFINITY],
];

/** Each session is in one of these, so that they add up to the total; the last three are members'. */
const KINDS = ['admin', 'worker', 'member', 'unreadable', 'without_role'] as const;
const AGE_GROUPS: readonly AgeGroup[] = [...AGES.map(([group]) => group), 'unknown'];

type Counts<K extends string> = Record<K, number>;

/**
 * Counts the sessions by role and age without stopping the store: step by step, for two seconds at most. A store that
 * holds more is sampled; its keys come in no order, so that the part that was passed stands for the rest.
 *
 * @param now ms since the epoch
 */
export async function sessionStatistics(
  store: Pick<SessionStore, 'scan' | 'size'>,
  now: () => number,
): Promise<SessionStatistics> {
  const deadline = now() + SCAN_BUDGET_MS;
  const kinds = zeros(KINDS);
  const ages = zeros(AGE_GROUPS);
  const seen = new Set<string>();
  let passed = 0;
  let step = await store.scan(null, SCAN_SIZE);
  for (;;) {
    passed += step.passed;
    for (const { id, facts } of step.sessions) {
      if (seen.has(id)) continue;
      seen.add(id);
      kinds[kindOf(facts)] += 1;
      ages[ageOf(facts, now())] += 1;
    }
    if (step.next === null || (passed > 0 && now() >= deadline)) break;
    step = await store.scan(step.next, SCAN_SIZE);
  }
  const exact = step.next === null;
  const coverage = exact ? 1 : Math.min(1, passed / Math.max(1, await store.size()));
  return view(kinds, ages, { sampled: seen.size, exact, coverage, now: now() });
}

interface Extent {
  readonly sampled: number;
  readonly exact: boolean;
  readonly coverage: number;
  readonly now: number;
}

function view(
  kinds: Counts<(typeof KINDS)[number]>,
  ages: Counts<AgeGroup>,
  { sampled, exact, coverage, now }: Extent,
): SessionStatistics {
  const total = Math.round(sampled / coverage);
  const { admin, worker, member, unreadable, without_role } = apportioned(kinds, total);
  return {
    total,
    by_role: { admin, worker, member: member + unreadable + without_role },
    by_age: apportioned(ages, total),
    unreadable,
    without_role,
    exact,
    sampled,
    coverage: Math.round(coverage * 10_000) / 10_000,
    as_of: rfc3339(now),
  };
}

function kindOf({ readable, role, roleName }: SessionFacts): (typeof KINDS)[number] {
  if (!readable) return 'unreadable';
  return roleName === null ? 'without_role' : role;
}

function ageOf({ createdAt }: SessionFacts, now: number): AgeGroup {
  if (createdAt === null) return 'unknown';
  return AGES.find(([, under]) => now - createdAt < under)?.[0] ?? 'older';
}

function zeros<K extends string>(names: readonly K[]): Counts<K> {
  return Object.fromEntries(names.map((name) => [name, 0])) as Counts<K>;
}

/**
 * Counts of a part, scaled to the whole so that they add up to `total`: rounded down, and the rest to those that
 * lost most by it.
 */
export function apportioned<K extends string>(counts: Counts<K>, total: number): Counts<K> {
  const names = Object.keys(counts) as K[];
  const sum = names.reduce((before, name) => before + counts[name], 0);
  if (sum === 0) return counts;
  const quota = (name: K) => (counts[name] * total) / sum;
  const whole = Object.fromEntries(names.map((name) => [name, Math.floor(quota(name))])) as Counts<K>;
  const rest = total - names.reduce((before, name) => before + whole[name], 0);
  const byLoss = names.toSorted((a, b) => (quota(b) % 1) - (quota(a) % 1));
  for (const name of byLoss.slice(0, rest)) whole[name] += 1;
  return whole;
}
