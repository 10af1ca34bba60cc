import { useCallback, useEffect, useState } from 'react';
import type { Page } from '../api/types.ts';
import { useApi } from '../session/session.tsx';

export interface Pages<T> {
  /** Null before the first page has come. */
  readonly items: readonly T[] | null;
  readonly hasMore: boolean;
  readonly busy: boolean;
  readonly error: unknown;
  more(): void;
  reload(): void;
}

/**
 * A list of the API, a page at a time.
 *
 * @param path with its query, without a cursor
 */
export function usePages<T>(path: string): Pages<T> {
  const api = useApi();
  const [items, setItems] = useState<readonly T[] | null>(null);
  const [cursor, setCursor] = useState<string | null>(null);
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>(null);

  const load = useCallback(
    async (from: string | null, isCurrent: () => boolean) => {
      setBusy(true);
      setError(null);
      const query =
        from === null ? '' : `${path.includes('?') ? '&' : '?'}cursor=${encodeURIComponent(from)}`;
      try {
        const page = await api.call<Page<T>>({ path: path + query });
        if (!isCurrent()) return;
        setItems((known) => [...(from === null ? [] : (known ?? [])), ...page.items]);
        setCursor(page.next_cursor);
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
    void load(null, () => isCurrent);
    return () => {
      isCurrent = false;
    };
  }, [load]);
  return {
    items,
    hasMore: cursor !== null,
    busy,
    error,
    more: () => void load(cursor, () => true),
    reload: useCallback(() => void load(null, () => true), [load]),
  };
}
