import {
  agreement,
  type CanaryAnswer,
  ENFORCED_WITHIN,
  type NewestState,
} from '../../../core/health/agreement.ts';

/** What observing the gateway has come to. */
interface WatchedDecisions {
  readonly answers: readonly CanaryAnswer[];
  /** Of the answers, those that still differed from the log when they may not differ any more. */
  readonly differing: readonly CanaryAnswer[];
  readonly newest: NewestState | null;
}

interface EnforcementParts {
  /** Reads the newest state of the log; null where it can't be read. */
  readonly newest: () => Promise<NewestState | null>;
  readonly canary: () => Promise<CanaryAnswer>;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  readonly wait: (milliseconds: number) => Promise<void>;
}

/** Calls at once, which different instances of the authorizer may answer. */
const CANARIES = 2;
/** Between two observations, ms. */
const PAUSE = 200;
/** Longest that a state which nobody shows yet is waited for, ms. */
const TIME_LIMIT_MS = 2 * ENFORCED_WITHIN + 500;

/**
 * Holds what the gateway decides against the log. What differs is observed again until it may not differ any more:
 * the log may have changed meanwhile. Rejects where the gateway does not answer.
 */
export async function watchEnforcement(parts: EnforcementParts): Promise<WatchedDecisions> {
  const until = parts.now() + TIME_LIMIT_MS;
  for (;;) {
    const newest = await parts.newest();
    const begun = parts.now();
    const answers = await Promise.all(Array.from({ length: CANARIES }, () => parts.canary()));
    const ended = parts.now();
    if (newest === null || answers.some(({ decision }) => decision === 'unavailable')) {
      return { answers, differing: [], newest };
    }
    const compared = answers.map((answer) => ({ answer, how: agreement(answer, newest, { begun, ended }) }));
    const isSettled = compared.every(({ how }) => how === 'agrees');
    if (isSettled || ended >= until) {
      const differing = compared.filter(({ how }) => how === 'differs').map(({ answer }) => answer);
      return { answers, differing, newest };
    }
    await parts.wait(PAUSE);
  }
}

/** Between two calls while an event is waited for, ms; as much as the measured lag may be too long. */
const LAG_PAUSE = 50;
/** Longest that an event is waited for, ms. */
const LAG_TIME_LIMIT_MS = 5000;

/**
 * When the gateway was first seen to decide by an event or a later one, ms since the epoch; null where it was not
 * within five seconds. Answers that fail are waited for like those that are old.
 */
export async function firstShown(
  version: number,
  { canary, now, wait }: Pick<EnforcementParts, 'canary' | 'now' | 'wait'>,
): Promise<number | null> {
  const until = now() + LAG_TIME_LIMIT_MS;
  do {
    const answer = await canary().catch(() => null);
    if (answer?.version != null && answer.version >= version) return now();
    await wait(LAG_PAUSE);
  } while (now() < until);
  return null;
}
