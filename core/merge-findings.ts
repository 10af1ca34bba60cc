import { SILENT_AFTER } from './doctor-services.ts';
import { type Finding, inOrder } from './finding.ts';

/** What the scheduled health check found. */
export interface Recorded {
  /** Null before the first check. */
  readonly age_seconds: number | null;
  readonly findings: readonly Finding[];
}

/**
 * The doctor's own findings together with those of the scheduled health check, one of each check. What the doctor has
 * just seen itself goes before what was seen up to a minute ago; what it could not look at, it takes from there. Good
 * news of a health check that has fallen silent is no news.
 */
export function mergeFindings(own: readonly Finding[], recorded: Recorded | null): readonly Finding[] {
  const { age_seconds: age, findings } = recorded ?? { age_seconds: null, findings: [] };
  const known = new Set(own.filter(({ status }) => status !== 'unknown').map(({ check }) => check));
  const taken = age === null ? [] : findings.filter(isNews(age)).filter(({ check }) => !known.has(check));
  const covered = new Set(taken.filter(({ status }) => status !== 'unknown').map(({ check }) => check));
  const kept = own.filter(({ check }) => !covered.has(check));
  const left = new Set(kept.map(({ check }) => check));
  const added = taken
    .filter(({ check }) => !left.has(check))
    .map((finding) => ({
      ...finding,
      seen: `${finding.seen} (health check, ${Math.round(age ?? 0)} s ago)`,
    }));
  return inOrder([...kept, ...added]);
}

function isNews(age: number): (finding: Finding) => boolean {
  return ({ status }) => age <= SILENT_AFTER || status !== 'ok';
}
