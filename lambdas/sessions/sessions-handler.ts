import { createHash } from 'node:crypto';
import { HttpProblem, invalidRequest } from '../../core/http/problem.ts';
import { sessionsPage } from '../../core/sessions/page.ts';
import type { SessionStore } from '../../core/sessions/session-store.ts';
import { sessionStatistics } from '../../core/sessions/statistics.ts';
import { sessionView } from '../../core/sessions/view.ts';
import type { State } from '../../core/state/state.ts';
import type { Log } from '../aws/log.ts';
import { type Call, createApiHandler, type Served, type ServeTable, serveBy } from '../http/api-handler.ts';

interface SessionsParts {
  readonly store: SessionStore;
  /** Reads the newest state. */
  readonly state: () => Promise<State>;
  readonly log: Log;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  readonly allowedOrigins: readonly string[];
}

const SERVE: ServeTable<'sessions', SessionsParts> = {
  sessions: async ({ query }, parts) => ({ answer: await sessionsPage(query, { ...parts, fingerprint }) }),
  sessionStatistics: async (_, { store, now }) => ({ answer: await sessionStatistics(store, now) }),
  session: serveSession,
};

/** Serves what admins may see of the application's sessions. It runs where Redis is; what ends sessions does not. */
export function createSessionsHandler(parts: SessionsParts) {
  return createApiHandler('sessions', parts, { serve: (call) => serveBy(SERVE, call, parts) });
}

async function serveSession(
  { parameters }: Call<'session'>,
  { store, state, now }: SessionsParts,
): Promise<Served> {
  const id = decoded(parameters.id ?? '');
  const [facts, expiresIn, present] = await Promise.all([store.find(id), store.expiresIn(id), state()]);
  if (facts === null) {
    throw new HttpProblem(
      'session_not_found',
      'There is no session of this id: it has expired, has been ended, or never was.',
    );
  }
  return { answer: sessionView(id, facts, expiresIn, { state: present, now: now() }) };
}

/** A session's id as the application knows it. It is data, whatever it holds. */
function decoded(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    throw invalidRequest([{ field: 'id', message: 'must be percent-encoded UTF-8' }]);
  }
}

function fingerprint(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 16);
}
