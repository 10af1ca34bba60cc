import { createContext, type ReactNode, useContext, useEffect, useState } from 'react';
import type { Status } from '../api/types.ts';
import { type LiveFeed, useFeed } from './use-feed.ts';

/** Milliseconds between two looks at the status of an open console. */
const INTERVAL = 1500;

const StatusContext = createContext<LiveFeed<Status> | null>(null);

export function StatusProvider({ children }: { readonly children: ReactNode }) {
  return <StatusContext value={useFeed<Status>('/status', INTERVAL)}>{children}</StatusContext>;
}

export function useStatus(): LiveFeed<Status> {
  const status = useContext(StatusContext);
  if (status === null) throw new Error('There is no status here.');
  return status;
}

/** The time, again each second. */
export function useNow(): number {
  const [now, setNow] = useState(Date.now);
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), 1000);
    return () => clearInterval(timer);
  }, []);
  return now;
}

/** The API's time, again each second: this machine's clock may be wrong by more than a countdown bears. */
export function useApiNow(): number {
  const { value, seenAt } = useStatus();
  const now = useNow();
  const [ahead, setAhead] = useState(0);
  const asOf = value?.as_of ?? null;
  // biome-ignore lint/correctness/useExhaustiveDependencies: only a new answer tells the time
  useEffect(() => {
    if (asOf !== null && seenAt !== null) setAhead(Date.parse(asOf) - seenAt);
  }, [asOf]);
  return now + ahead;
}
