/**
 * What came of a look at a part of the system. `failed`: it was asked, and gave no good answer. `unable`: it was not
 * asked, or it refused to say, for a reason that is not its own fault.
 */
export type Look<T> =
  | { readonly outcome: 'seen'; readonly value: T; readonly latency: number | null }
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
  | { readonly outcome: 'unable'; readonly why: string; readonly remedy: string | null };

/** @param latency ms; null where nothing was waited for */
export function seen<T>(value: T, latency: number | null = null): Look<T> {
  return { outcome: 'seen', value, latency };
}

export function unable(why: string, remedy: string | null = null): Look<never> {
  return { outcome: 'unable', why, remedy };
}

/** The look at a part of what was looked at. */
export function part<T, U>(look: Look<T>, pick: (value: T) => U): Look<U> {
  return look.outcome === 'seen' ? { ...look, value: pick(look.value) } : look;
}
