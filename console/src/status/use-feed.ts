import { useCallback, useEffect, useReducer, useRef } from 'react';
import { afterLook, type Feed, type Look, NOTHING_SEEN } from '../logic/feed.ts';
import { useSession } from '../session/session.tsx';

export interface LiveFeed<T> extends Feed<T> {
  /** Looks at once. */
  refresh(): void;
}

/**
 * Looks at a call of the API again and again, with its entity tag, while the page can be seen. A look begins when the
 * one before is over, so that a slow API is never asked twice at once.
 *
 * @param interval ms from the end of one look to the next
 * @param path null to look at nothing
 */
export function useFeed<T>(path: string | null, interval: number): LiveFeed<T> {
  const { api, who } = useSession();
  const [feed, look] = useReducer(afterLook<T>, NOTHING_SEEN as Feed<T>);
  const tag = useRef<string | null>(null);
  const lookNow = useRef<() => void>(() => undefined);
  const reader = who?.id ?? null;

  // biome-ignore lint/correctness/useExhaustiveDependencies: another reader may see more
  useEffect(() => {
    if (path === null) return;
    const end = new AbortController();
    let timer: ReturnType<typeof setTimeout> | undefined;
    let isLooking = false;
    tag.current = null;
    const run = async () => {
      clearTimeout(timer);
      if (isLooking || end.signal.aborted) return;
      isLooking = true;
      const seen = await api
        .poll<T>(path, tag.current, end.signal)
        .then((answer): Look<T> => ({ kind: 'seen', at: Date.now(), ...answer }))
        .catch((failure: unknown): Look<T> => ({ kind: 'failed', at: Date.now(), failure }));
      isLooking = false;
      if (end.signal.aborted) return;
      if (seen.kind === 'seen') tag.current = seen.tag;
      look(seen);
      if (document.visibilityState === 'visible') timer = setTimeout(run, interval);
    };
    lookNow.current = () => void run();
    const onVisible = () => document.visibilityState === 'visible' && void run();
    document.addEventListener('visibilitychange', onVisible);
    void run();
    return () => {
      end.abort();
      clearTimeout(timer);
      document.removeEventListener('visibilitychange', onVisible);
    };
  }, [api, path, interval, reader]);

  const refresh = useCallback(() => lookNow.current(), []);
  return { ...feed, refresh };
}
