import middy from '@middy/core';
import { CONTROL_BASE_PATH } from '../../core/environment.ts';
import { HttpProblem } from '../../core/http-problem.ts';
import type { StateCache } from '../../core/state-cache.ts';
import { statusView } from '../../core/status-view.ts';
import { type Caller, callerOf } from '../shared/caller.ts';
import { preflightHeaders } from '../shared/cors.ts';
import { httpAnswers } from '../shared/http-answers.ts';
import type { Log } from '../shared/log.ts';
import { empty, headerValues, json, type ProxyEvent, type ProxyResult } from '../shared/proxy-event.ts';
import { entityTag, isKnown } from './entity-tag.ts';

export interface StatusParts {
  readonly states: Pick<StateCache, 'get'>;
  readonly log: Log;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  readonly allowedOrigins: readonly string[];
  readonly signIn: SignIn;
}

/** Where and how to sign in, so that a client needs to know the API's URL only. */
export interface SignIn {
  /** The issuer of access tokens, an OpenID Connect issuer URL. Of a Cognito user pool, its host also takes sign-ins. */
  readonly issuer: string;
  readonly client_id: string;
  readonly openid_configuration: string;
}

const METHODS = ['GET', 'HEAD', 'OPTIONS'];

type Serve = (event: ProxyEvent, caller: Caller, parts: StatusParts) => Promise<ProxyResult>;

const ROUTES: ReadonlyMap<string, Serve> = new Map([
  [`${CONTROL_BASE_PATH}/status`, serveStatus],
  [`${CONTROL_BASE_PATH}/signin`, serveSignIn],
]);

/** Serves what everybody may read. A bad credential is as good as none here: the answer is the public one. */
export function createStatusHandler(parts: StatusParts) {
  return middy<ProxyEvent, ProxyResult>()
    .use(httpAnswers(parts))
    .handler(async (event: ProxyEvent): Promise<ProxyResult> => {
      const serve = ROUTES.get(event.path);
      if (serve === undefined) {
        throw new HttpProblem('not_found', 'There is nothing at this path. Paths are case-sensitive.');
      }
      const allow = { Allow: METHODS.join(', ') };
      if (event.httpMethod === 'OPTIONS') return empty(204, { ...allow, ...preflightHeaders(METHODS) });
      if (!METHODS.includes(event.httpMethod)) {
        throw new HttpProblem('method_not_allowed', `This path takes ${allow.Allow} only.`, {
          headers: allow,
        });
      }
      return serve(event, callerOf(event), parts);
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
