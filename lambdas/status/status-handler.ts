import middy from '@middy/core';
import type { SignIn } from '../../core/answers.ts';
import type { ActionOf } from '../../core/api.ts';
import type { StateCache } from '../../core/state-cache.ts';
import { statusView } from '../../core/status-view.ts';
import { type Caller, callerOf } from '../shared/caller.ts';
import { httpAnswers } from '../shared/http-answers.ts';
import type { Log } from '../shared/log.ts';
import {
  empty,
  headerValues,
  json,
  type ProxyEvent,
  type ProxyResult,
  preflight,
} from '../shared/proxy-event.ts';
import { Router } from '../shared/router.ts';
import { entityTag, isKnown } from './entity-tag.ts';

export interface StatusParts {
  readonly states: Pick<StateCache, 'get'>;
  readonly log: Log;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  readonly allowedOrigins: readonly string[];
  /** Where and how to sign in, so that a client needs to know the API's URL only. */
  readonly signIn: SignIn;
}

type Serve = (event: ProxyEvent, caller: Caller, parts: StatusParts) => Promise<ProxyResult>;

const SERVE: Readonly<Record<ActionOf<'status'>, Serve>> = { status: serveStatus, signin: serveSignIn };

/** Serves what everybody may read. A bad credential is as good as none here: the answer is the public one. */
export function createStatusHandler(parts: StatusParts) {
  const router = new Router('status');
  return middy<ProxyEvent, ProxyResult>()
    .use(httpAnswers(parts))
    .handler(async (event: ProxyEvent): Promise<ProxyResult> => {
      const { httpMethod: method, path } = event;
      if (method === 'OPTIONS') return preflight(router.methodsOf(path));
      const { action } = router.find(method, path);
      return SERVE[action](event, callerOf(event), parts);
    });
}

async function serveStatus(event: ProxyEvent, caller: Caller, parts: StatusParts): Promise<ProxyResult> {
  const { state, source } = await parts.states.get();
  const forAdmin = caller.principal.role === 'admin';
  const view = statusView(state, { now: parts.now(), forAdmin, source });
  const { as_of: _, ...lasting } = view;
  return cacheable(event, caller, view, lasting, { 'X-Maintenance-Version': String(view.version) });
}

async function serveSignIn(event: ProxyEvent, caller: Caller, { signIn }: StatusParts): Promise<ProxyResult> {
  return cacheable(event, caller, signIn, signIn, {});
}

/** An answer that whoever shows no credential may keep for 5 s; nothing at all (304) to a client that has it already. */
function cacheable(
  event: ProxyEvent,
  caller: Caller,
  body: object,
  lasting: object,
  own: Readonly<Record<string, string>>,
): ProxyResult {
  const tag = entityTag(lasting);
  const headers = {
    ETag: tag,
    'Cache-Control': caller.credential === 'none' ? 'public, max-age=5' : 'private, no-store',
    ...own,
  };
  return isKnown(tag, headerValues(event, 'if-none-match')) ? empty(304, headers) : json(200, body, headers);
}
