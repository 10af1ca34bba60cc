import { useCallback, useEffect, useState } from 'react';
import { useApi } from '../session/session.tsx';

export interface Answered<T> {
  readonly value: T | null;
  readonly error: unknown;
  readonly busy: boolean;
  reload(): void;
}

/** The answer of a call that is made when the page is opened, and again on demand. */
export function useAnswer<T>(path: string): Answered<T> {
  const api = useApi();
  const [value, setValue] = useState<T | null>(null);
  const [error, setError] = useState<unknown>(null);
  const [busy, setBusy] = useState(false);
  const load = useCallback(
    async (isCurrent: () => boolean) => {
      setBusy(true);
      try {
        const answer = await api.call<T>({ path });
        if (!isCurrent()) return;
        setValue(answer);
        setError(null);
      } catch (failure) {
        if (isCurrent()) setError(failure);
      } finally {
        if (isCurrent()) setBusy(false);
      }
    },
    [api, path],
  );
  useEffect(() => {
    let isCurrent = true;
    void load(() => isCurrent);
    return () => {
      isCurrent = false;
    };
  }, [load]);
  return { value, error, busy, reload: useCallback(() => void load(() => true), [load]) };
}
