import { useRef, useState } from 'react';
import type { Call } from '../api/api.ts';
import { Refusal } from '../api/refusal.ts';
import { useApi } from '../session/session.tsx';
import { useStatus } from '../status/status.tsx';

/** A call that changes something. */
export interface Command<T> {
  readonly busy: boolean;
  /** Why it did not succeed the last time; null when it did. */
  readonly error: unknown;
  /** Resolves with the answer, null when there is none; the error is kept then. */
  run(call: Call): Promise<T | null>;
  clear(): void;
}

/**
 * Sends a command with an Idempotency-Key. As long as it is not known whether a call was carried out, the same call
 * keeps its key: sent once more, it is carried out once.
 */
export function useCommand<T>(): Command<T> {
  const api = useApi();
  const { refresh } = useStatus();
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>(null);
  const last = useRef<{ readonly call: string; readonly key: string } | null>(null);

  const run = async (call: Call): Promise<T | null> => {
    const text = JSON.stringify(call);
    if (last.current?.call !== text) last.current = { call: text, key: crypto.randomUUID() };
    setBusy(true);
    setError(null);
    try {
      const answer = await api.call<T>({ ...call, idempotencyKey: last.current.key });
      last.current = null;
      return answer;
    } catch (failure) {
      // A call that was refused has not been carried out; after a 5xx nobody knows.
      if (failure instanceof Refusal && failure.status < 500) last.current = null;
      setError(failure);
      return null;
    } finally {
      setBusy(false);
      refresh();
    }
  };
  return { busy, error, run, clear: () => setError(null) };
}
