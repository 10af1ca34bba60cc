import * as z from 'zod';
import type { Fingerprint } from '../attempts/totals.ts';
import { decodeOpaque, encodeOpaque } from '../http/cursor.ts';
import { pageOf } from '../http/page.ts';
import { SCAN_BUDGET_MS, SCAN_SIZE } from './scan.ts';
import type { SessionsPage, SessionsQuery } from './schemas.ts';
import type { ScanBatch, ScanPosition, SeenSession, SessionStore } from './session-store.ts';
import { sessionItem } from './view.ts';

interface SessionsPageParts {
  readonly store: Pick<SessionStore, 'scan' | 'expiresIn'>;
  readonly fingerprint: Fingerprint;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
}

/** Where a list stands. A step of the scan may hold more than a page does: then `shown` says what of it was shown. */
const place = z.strictObject({
  position: z.record(z.string(), z.unknown()).nullable(),
  shown: z
    .strictObject({
      /** The sessions of the step up to this fingerprint, in their order. */
      upTo: z.string(),
      /** Names where the step ended. */
      end: z.string(),
    })
    .nullable(),
});

type Place = z.output<typeof place>;

const BEGIN: Place = { position: null, shown: null };

/**
 * The sessions, in no particular order, a page at a time: one that is there all the while is on a page, and may be on
 * two. A page that takes too long to fill goes out as it is. Throws HttpProblem or SessionStoreUnavailableError.
 */
export async function sessionsPage(query: SessionsQuery, parts: SessionsPageParts): Promise<SessionsPage> {
  const { limit, from } = pageOf(query, decodePlace);
  const { role } = query;
  const isWanted = ({ facts }: SeenSession) => role === undefined || facts.role === role;
  const { sessions, next } = await collect(from ?? BEGIN, limit, isWanted, parts);
  return {
    items: await Promise.all(
      sessions.map(async ({ id, facts }) =>
        sessionItem(id, facts, await parts.store.expiresIn(id), parts.now()),
      ),
    ),
    next_cursor: next === null ? null : encodeOpaque(next),
  };
}

/**
 * Where a step holds more sessions than there is room for, a shorter one is tried. Only the shortest is divided: what
 * it covers hardly ever changes, and where it does, the step is shown again from its start.
 */
async function collect(
  begin: Place,
  limit: number,
  isWanted: (session: SeenSession) => boolean,
  { store, fingerprint, now }: SessionsPageParts,
): Promise<{ sessions: SeenSession[]; next: Place | null }> {
  const deadline = now() + SCAN_BUDGET_MS;
  const found = new Map<string, SeenSession>();
  let { position, shown }: Place = begin;
  let size = shown === null ? Math.min(limit, SCAN_SIZE) : 1;
  for (;;) {
    const step = await store.scan(position, size);
    const end = fingerprint(JSON.stringify(step.next));
    const left = inOrder(step, fingerprint).filter(
      ([mark, session]) =>
        !(shown?.end === end && mark <= shown.upTo) && !found.has(session.id) && isWanted(session),
    );
    const room = limit - found.size;
    if (left.length > room && size > 1) {
      size = Math.floor(size / 2);
      continue;
    }
    const taken = left.slice(0, room);
    for (const [, session] of taken) found.set(session.id, session);
    const upTo = taken.at(-1)?.[0];
    const isDivided = left.length > taken.length && upTo !== undefined;
    if (isDivided || found.size === limit || step.next === null || now() >= deadline) {
      const next = isDivided ? { position, shown: { upTo, end } } : after(step.next);
      return { sessions: [...found.values()], next };
    }
    position = step.next;
    shown = null;
    if (left.length === 0) size = Math.min(SCAN_SIZE, size * 2);
  }
}

/**
 * The sessions of a step, each once, in an order that doesn't depend on which others are there: scanned again, the step
 * may have lost some and won others. Fingerprints rather than ids, because a cursor tells where it stands.
 */
function inOrder({ sessions }: ScanBatch, fingerprint: Fingerprint): [mark: string, SeenSession][] {
  const marked = new Map(sessions.map((session) => [fingerprint(session.id), session]));
  return [...marked].sort(([a], [b]) => (a < b ? -1 : 1));
}

function after(position: ScanPosition | null): Place | null {
  return position === null ? null : { position, shown: null };
}

function decodePlace(cursor: string): Place | null {
  const parsed = place.safeParse(decodeOpaque(cursor));
  return parsed.success ? parsed.data : null;
}
