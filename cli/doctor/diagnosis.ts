import {
  CHECK_NAMES,
  CHECKS,
  type CheckName,
  findingOf,
  type Observations,
} from '../../core/health/checks/checks.ts';
import { FINDING_SECTIONS, type Finding, type FindingSection, healthOf } from '../../core/health/finding.ts';
import { type Observation, unable } from '../../core/health/observation.ts';
import type { HealthStatus } from '../../core/health/schemas.ts';
import { mergeFindings, type Recorded } from './merge-findings.ts';
import { observationsOf } from './observations.ts';
import { observe } from './observe.ts';
import { NOT_DEPLOYED } from './observe-api.ts';
import { NO_API, type Sources } from './sources.ts';

/** Checks that nobody asked for by name, and that there is no way to make. */
export interface LeftOut {
  readonly checks: readonly string[];
  readonly why: string;
  readonly remedy: string | null;
}

interface Diagnosis {
  readonly status: HealthStatus;
  readonly findings: readonly Finding[];
  readonly left_out: readonly LeftOut[];
}

/** Longest time for all of it, ms, whatever is dead. */
const DEADLINE = 9000;

/**
 * Makes all checks side by side. Never rejects for what it finds.
 *
 * @param sections those that are asked for; null for all, as far as there is a way to observe
 * @param show gets each section when it is through
 */
export async function diagnose(
  sections: readonly FindingSection[] | null,
  sources: Sources,
  show: (section: FindingSection) => void,
): Promise<Diagnosis> {
  const observations = observationsOf(sources);
  const made = await Promise.all(
    (sections ?? FINDING_SECTIONS).map(async (section) => {
      const names = CHECK_NAMES.filter((name) => CHECKS[name].section === section);
      const findings = await Promise.all(names.map((name) => findingInTime(name, observations)));
      show(section);
      return findings.filter((finding) => finding !== null);
    }),
  );
  const merged = mergeFindings(made.flat(), recordOf(await sources.diagnostics(), sections));
  const leftOut = await leftOutOf(merged, sections, sources);
  const names = new Set(leftOut.flatMap(({ checks }) => checks));
  const findings = merged.filter(({ check }) => !names.has(check));
  return { status: healthOf(findings), findings, left_out: leftOut };
}

/** One that hangs counts as unknown, and hides no other. */
async function findingInTime(name: CheckName, observations: Observations): Promise<Finding | null> {
  const finding = await observe(DEADLINE, () => findingOf(name, observations));
  if (finding.outcome === 'observed') return finding.value;
  const late = unable(`It is not known: ${finding.why}`, 'Run it again: `--section` asks for less at once.');
  return await findingOf(name, { [CHECKS[name].of]: async () => late });
}

/** What the scheduled health check found in the sections that are asked for; null when that is not known. */
function recordOf(
  record: Observation<Recorded>,
  sections: readonly FindingSection[] | null,
): Recorded | null {
  if (record.outcome !== 'observed') return null;
  const { age_seconds, findings } = record.value;
  return { age_seconds, findings: findings.filter(({ section }) => sections?.includes(section) ?? true) };
}

async function leftOutOf(
  findings: readonly Finding[],
  sections: readonly FindingSection[] | null,
  { login, origin }: Sources,
): Promise<readonly LeftOut[]> {
  if (sections !== null) return [];
  const unknown = findings.filter(({ status }) => status === 'unknown');
  const credentials = await login();
  const of = (observation: Observation<unknown>) =>
    unknown
      .filter(({ seen }) => observation.outcome === 'unable' && seen === observation.why)
      .map(({ check }) => check);
  return [
    { checks: of(NO_API), why: 'They take the API.', remedy: NO_API.remedy },
    { checks: of(NOT_DEPLOYED), why: NOT_DEPLOYED.why, remedy: NOT_DEPLOYED.remedy },
    ...(credentials.outcome === 'unable'
      ? [{ checks: of(credentials), why: credentials.why, remedy: credentials.remedy }]
      : []),
    {
      checks:
        origin === null
          ? unknown.filter(({ check }) => check === 'origin_closed').map(({ check }) => check)
          : [],
      why: 'The address of the application was not given.',
      remedy: 'Give it with --origin URL.',
    },
  ].filter(({ checks }) => checks.length > 0);
}
