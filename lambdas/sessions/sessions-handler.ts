import { createHash } from 'node:crypto';
import middy from '@middy/core';
import type { ActionOf } from '../../core/api/api.ts';
import { HttpProblem, invalidRequest } from '../../core/http/problem.ts';
import { sessionsPage } from '../../core/sessions/page.ts';
import type { SessionStore } from '../../core/sessions/session-store.ts';
import { sessionStatistics } from '../../core/sessions/statistics.ts';
import { sessionView } from '../../core/sessions/view.ts';
import type { State } from '../../core/state/state.ts';
import type { Log } from '../aws/log.ts';
import { admit } from '../http/admit.ts';
import { callerOf } from '../http/caller.ts';
import { httpAnswers } from '../http/http-answers.ts';
import { json, type ProxyEvent, type ProxyResult, preflight, queryOf } from '../http/proxy-event.ts';
import { Router } from '../http/router.ts';

export interface SessionsParts {
  readonly store: SessionStore;
  /** Reads the newest state. */
  readonly state: () => Promise<State>;
  readonly log: Log;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  readonly allowedOrigins: readonly string[];
}

interface SessionsCall {
  readonly event: ProxyEvent;
  /** What stands in the path for each `{name}` of the call's template, as it came. */
  readonly parameters: Readonly<Record<string, string>>;
}

type Serve = (call: SessionsCall, parts: SessionsParts) => Promise<ProxyResult>;

const SERVE: Readonly<Record<ActionOf<'sessions'>, Serve>> = {
  sessions: async ({ event }, parts) =>
    json(200, await sessionsPage(queryOf(event), { ...parts, fingerprint })),
  sessionStatistics: async (_, { store, now }) => json(200, await sessionStatistics(store, now)),
  session: serveSession,
};

/** Serves what admins may see of the application's sessions. It runs where Redis is; what ends sessions does not. */
export function createSessionsHandler(parts: SessionsParts) {
  const router = new Router('sessions');
  return middy<ProxyEvent, ProxyResult>()
    .use(httpAnswers(parts))
    .handler(async (event: ProxyEvent): Promise<ProxyResult> => {
      const { httpMethod: method, path } = event;
      if (method === 'OPTIONS') return preflight(router.methodsOf(path));
      const { action, call, parameters } = router.find(method, path);
      admit(callerOf(event), call, event, parts);
      return SERVE[action]({ event, parameters }, parts);
    });
}

async function serveSession(
  { parameters }: SessionsCall,
  { store, state, now }: SessionsParts,
): Promise<ProxyResult> {
  const id = decoded(parameters.id ?? '');
  const [facts, expiresIn, present] = await Promise.all([store.find(id), store.expiresIn(id), state()]);
  if (facts === null) {
    throw new HttpProblem(
      'session_not_found',
      'There is no session of this id: it has expired, has been ended, or never was.',
    );
  }
  return json(200, sessionView(id, facts, expiresIn, { state: present, now: now() }));
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
