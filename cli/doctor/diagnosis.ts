import { FINDING_SECTIONS, type Finding, type FindingSection, healthOf } from '../../core/health/finding.ts';
import type { HealthStatus } from '../../core/health/schemas.ts';
import { type DoctorCheck, sayOf } from './checks/doctor-checks.ts';
import { BY_API, BY_AWS, checksOf, examine } from './examination.ts';
import { lookAt } from './look-at.ts';
import { mergeFindings, type Recorded } from './merge-findings.ts';
import type { Look } from './observation.ts';
import type { Sources } from './sources.ts';

/** Checks that nobody asked for by name, and that there is no way to make. */
export interface LeftOut {
  readonly checks: readonly string[];
  readonly why: string;
  readonly remedy: string | null;
}

export interface Diagnosis {
  readonly status: HealthStatus;
  readonly findings: readonly Finding[];
  readonly left_out: readonly LeftOut[];
}

/** Longest time for all of it, ms, whatever is dead. */
const DEADLINE = 9000;

/**
 * Looks at everything side by side. Never rejects for what it finds.
 *
 * @param sections those that are asked for; null for all, as far as there is a way to look
 * @param show told of each section when it is through
 */
export async function diagnose(
  sections: readonly FindingSection[] | null,
  sources: Sources,
  show: (section: FindingSection) => void,
): Promise<Diagnosis> {
  const wanted = checksOf(sections ?? FINDING_SECTIONS);
  const found = await Promise.all(
    [...wanted].map(async ([section, checks]) => {
      const look = await lookAt(DEADLINE, () => examine(section, sources));
      show(section);
      if (look.outcome === 'seen') return look.value;
      const why = look.outcome === 'failed' ? `It is not known: ${look.why}` : look.why;
      return checks.map((check) => sayOf(check).unknown(why, null));
    }),
  );
  const merged = mergeFindings(found.flat(), recordOf(await sources.diagnostics(), sections));
  const leftOut = await leftOutOf(merged, sections, sources);
  const names = new Set(leftOut.flatMap(({ checks }) => checks));
  const findings = merged.filter(({ check }) => !names.has(check));
  return { status: healthOf(findings), findings, left_out: leftOut };
}

/** What the scheduled health check found in the sections that are asked for; null when that is not known. */
function recordOf(look: Look<Recorded>, sections: readonly FindingSection[] | null): Recorded | null {
  if (look.outcome !== 'seen') return null;
  const { age_seconds, findings } = look.value;
  return { age_seconds, findings: findings.filter(({ section }) => sections?.includes(section) ?? true) };
}

async function leftOutOf(
  findings: readonly Finding[],
  sections: readonly FindingSection[] | null,
  { api, login, origin }: Sources,
): Promise<readonly LeftOut[]> {
  if (sections !== null) return [];
  const unknown = new Set(findings.filter(({ status }) => status === 'unknown').map(({ check }) => check));
  const of = (checks: readonly DoctorCheck[]) => checks.filter((check) => unknown.has(check));
  const credentials = await login();
  return [
    ...(api === null
      ? [{ checks: of(BY_API), why: 'They take the API.', remedy: 'Run it without --direct too.' }]
      : []),
    ...(credentials.outcome === 'unable'
      ? [{ checks: of(BY_AWS), why: credentials.why, remedy: credentials.remedy }]
      : []),
    ...(origin === null
      ? [
          {
            checks: of(['origin_closed']),
            why: 'The address of the application was not given.',
            remedy: 'Give it with --origin URL.',
          },
        ]
      : []),
  ].filter(({ checks }) => checks.length > 0);
}
