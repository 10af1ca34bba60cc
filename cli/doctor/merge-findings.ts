import { type Finding, inOrder } from '../../core/health/finding.ts';
import { SILENT_AFTER_MS } from '../../core/health/thresholds.ts';

/** What the scheduled health check found. */
export interface Recorded {
  /** Null before the first check. */
  readonly age_seconds: number | null;
  readonly findings: readonly Finding[];
}

/**
 * The doctor's own findings together with those of the scheduled health check, one of each check. What the doctor has
 * just observed itself goes before what is up to a minute old; what it could not observe, it takes from there. Where it
 * has only seen what was measured over a quarter of an hour, that is no reason to leave out what is wrong now. Good news of
 * a health check that has fallen silent is no news.
 */
export function mergeFindings(own: readonly Finding[], recorded: Recorded | null): readonly Finding[] {
  const { age_seconds: age, findings } = recorded ?? { age_seconds: null, findings: [] };
  const known = new Map(
    own.filter(({ status }) => status !== 'unknown').map((found) => [found.check, found]),
  );
  const isTaken = (found: Finding): boolean => {
    const seen = known.get(found.check);
    return seen === undefined || (isMeasured(seen) && seen.status === 'ok' && isWrong(found));
  };
  const taken = age === null ? [] : findings.filter(isNews(age)).filter(isTaken);
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

function isMeasured({ section }: Finding): boolean {
  return section === 'performance';
}

function isWrong({ status }: Finding): boolean {
  return status === 'warning' || status === 'failed';
}

function isNews(age: number): (finding: Finding) => boolean {
  return ({ status }) => age * 1000 <= SILENT_AFTER_MS || status !== 'ok';
}
