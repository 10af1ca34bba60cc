/**
 * What came of observing a part of the system. `failed`: it was asked, and gave no good answer. `unable`: it was not
 * asked, or it could not say, for a reason that is not its own fault.
 */
export type Observation<T> =
  | { readonly outcome: 'observed'; readonly value: T; readonly latency: number | null }
  | {
      readonly outcome: 'failed';
      /** One sentence. */
      readonly why: string;
      readonly latency: number | null;
      /** The stable code of the refusal, where there is one. */
      readonly code?: string;
      /** What to do, where the failure itself tells. */
      readonly remedy?: string | undefined;
    }
  | {
      readonly outcome: 'unable';
      readonly why: string;
      readonly remedy: string;
      /** Milliseconds that were waited for it in vain. */
      readonly latency?: number;
    };

/** @param latency ms; null where nothing was waited for */
export function observed<T>(value: T, latency: number | null = null): Observation<T> {
  return { outcome: 'observed', value, latency };
}

/** @param remedy what makes it possible to observe it */
export function unable(why: string, remedy: string): Observation<never> {
  return { outcome: 'unable', why, remedy };
}

/** The observation of a part of what was observed. */
export function part<T, U>(observation: Observation<T>, pick: (value: T) => U): Observation<U> {
  return observation.outcome === 'observed'
    ? { ...observation, value: pick(observation.value) }
    : observation;
}
