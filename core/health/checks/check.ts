import type { Finding, FindingSection } from '../finding.ts';
import type { Observation } from '../observation.ts';

/** The parts of the system, as the dimension Component of the metric ComponentHealthy. */
export type HealthComponent =
  | 'state'
  | 'event_log'
  | 'session_store'
  | 'cache'
  | 'authorizer'
  | 'control'
  | 'origin'
  | 'issuer_keys'
  | 'publication'
  | 'background_work'
  | 'jobs';

/** One check: what is judged, and how. Whoever makes it has to say how to observe that. */
export interface Check<Facts, Name extends keyof Facts = keyof Facts> {
  readonly section: FindingSection;
  /** The observation that it judges; several checks may judge the same. */
  readonly of: Name;
  /** What to do when there is no good answer, unless the failure itself tells. */
  readonly remedy: string;
  /** The check that says so when there is no good answer; this one is unknown then. */
  readonly after?: string;
  /**
   * The component that does not work when it fails. Absent where nobody but the doctor makes it, and where an alarm of
   * its own says so: the alarm of the health check would repeat that, or keep itself alive.
   */
  readonly component?: HealthComponent;
  readonly judge: (facts: Facts[Name], say: Say) => Judgement;
}

type Judgement = Pick<Finding, 'status' | 'seen' | 'remedy'>;

/** What a check comes to. There is a remedy for all that is not `ok`, and none for what is. */
interface Say {
  ok(seen: string): Judgement;
  warning(seen: string, remedy: string): Judgement;
  failed(seen: string, remedy: string): Judgement;
  unknown(seen: string, remedy: string): Judgement;
}

const SAY: Say = {
  ok: (seen) => ({ status: 'ok', seen, remedy: null }),
  warning: (seen, remedy) => ({ status: 'warning', seen, remedy }),
  failed: (seen, remedy) => ({ status: 'failed', seen, remedy }),
  unknown: (seen, remedy) => ({ status: 'unknown', seen, remedy }),
};

/** Makes the checks of a section; `Facts` are what is observed for them, by the name of the observation. */
export function checksOf<Facts>(section: FindingSection) {
  return <Name extends keyof Facts>(check: Omit<Check<Facts, Name>, 'section'>): Check<Facts, Name> => ({
    section,
    ...check,
  });
}

/** Judges what was observed; an observation that came to nothing is judged by itself. */
export function judge<Facts, Name extends keyof Facts>(
  name: string,
  { section, remedy, after, judge }: Check<Facts, Name>,
  observation: Observation<Facts[Name]>,
): Finding {
  const found = ({ status, seen, remedy }: Judgement, latency: number | null | undefined): Finding => ({
    section,
    check: name,
    status,
    seen,
    remedy,
    latency_ms: latency == null ? null : Math.round(latency),
  });
  switch (observation.outcome) {
    case 'observed':
      return found(judge(observation.value, SAY), observation.latency);
    case 'failed':
      return after === undefined
        ? found(SAY.failed(observation.why, observation.remedy ?? remedy), observation.latency)
        : found(SAY.unknown(observation.why, `See ${after}.`), null);
    case 'unable':
      return found(SAY.unknown(observation.why, observation.remedy), observation.latency);
  }
}

/** @example counted(1, 'error') // '1 error' */
export function counted(count: number, noun: string, plural = `${noun}s`): string {
  return `${count} ${count === 1 ? noun : plural}`;
}

/** The first few of some names, in a sentence. */
export function named(names: readonly string[], most = 5): string {
  const more = names.length - most;
  return more > 0 ? `${names.slice(0, most).join(', ')} and ${more} more` : names.join(', ');
}

/** @example minutes(90_000) // '1 min' */
export function minutes(milliseconds: number): string {
  return `${Math.max(0, Math.floor(milliseconds / 60_000))} min`;
}
