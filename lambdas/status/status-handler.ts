import middy from '@middy/core';
import type { SignIn } from '../../core/answers.ts';
import type { ActionOf } from '../../core/api.ts';
import type { AttemptStore } from '../../core/attempt-store.ts';
import {
  blockedOperationsView,
  enforced,
  type KnownTally,
  NOTHING_TO_COUNT,
} from '../../core/blocked-operations-view.ts';
import type { Health } from '../../core/health.ts';
import { invalidRequest } from '../../core/http-problem.ts';
import { knownOperations, messageView } from '../../core/message-view.ts';
import { nextWindowLink } from '../../core/next-window-link.ts';
import { check } from '../../core/parse-request.ts';
import type { PurgeLedgerEntry } from '../../core/purge-ledger.ts';
import type { Rule } from '../../core/rule.ts';
import { messageQuery } from '../../core/schemas.ts';
import type { State } from '../../core/state.ts';
import type { StateCache } from '../../core/state-cache.ts';
import { statusView } from '../../core/status-view.ts';
import type { ActiveJobs } from '../shared/active-jobs.ts';
import { type Caller, callerOf } from '../shared/caller.ts';
import { httpAnswers } from '../shared/http-answers.ts';
import { keptFor } from '../shared/kept-for.ts';
import type { Log } from '../shared/log.ts';
import {
  empty,
  headerValues,
  json,
  type ProxyEvent,
  type ProxyResult,
  preflight,
  queryOf,
} from '../shared/proxy-event.ts';
import { Router } from '../shared/router.ts';
import { entityTag, isKnown } from './entity-tag.ts';
import { checkHealth, type HealthSources } from './health-checks.ts';
import { type OpenApiText, openApiText } from './open-api-text.ts';
import { recentTally } from './recent-tally.ts';

export interface StatusParts {
  readonly states: Pick<StateCache, 'get'>;
  readonly log: Log;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  readonly allowedOrigins: readonly string[];
  /** Where and how to sign in, so that a client needs to know the API's URL only. */
  readonly signIn: SignIn;
  /** Reads what was counted during a maintenance. */
  readonly attempts: Pick<AttemptStore, 'tally'>;
  readonly activeJobs: ActiveJobs;
  /** What is known of the purging of sessions. */
  readonly purging: () => Promise<PurgeLedgerEntry | null>;
  /** The rules by which requests are classified in a state. */
  readonly rules: (state: State) => Promise<readonly Rule[]>;
  readonly events: HealthSources['events'];
  readonly issuerKeys: HealthSources['issuerKeys'];
}

/** What is made once and used for many calls. */
interface Prepared {
  readonly health: () => Promise<Health>;
  readonly openApi: () => OpenApiText;
  readonly tallyOf: (maintenanceId: string) => Promise<KnownTally>;
}

type Serve = (event: ProxyEvent, caller: Caller, parts: StatusParts & Prepared) => Promise<ProxyResult>;

const SERVE: Readonly<Record<ActionOf<'status'>, Serve>> = {
  status: serveStatus,
  signin: serveSignIn,
  health: serveHealth,
  blocked_operations: serveBlockedOperations,
  message: serveMessage,
  openapi: serveOpenApi,
};

/** Milliseconds for which one look at the components does for everybody who asks. */
const HEALTH_KEPT = 5000;

/** Serves what everybody may read. A bad credential is as good as none here: the answer is the public one. */
export function createStatusHandler(parts: StatusParts) {
  const router = new Router('status');
  const { now, log, signIn } = parts;
  const prepared: StatusParts & Prepared = {
    ...parts,
    health: keptFor(HEALTH_KEPT, now, () => checkHealth(parts, now, log)),
    tallyOf: recentTally(parts),
    openApi: openApiText(signIn.openid_configuration),
  };
  return middy<ProxyEvent, ProxyResult>()
    .use(httpAnswers(parts))
    .handler(async (event: ProxyEvent): Promise<ProxyResult> => {
      const { httpMethod: method, path } = event;
      if (method === 'OPTIONS') return preflight(router.methodsOf(path));
      const { action } = router.find(method, path);
      return SERVE[action](event, callerOf(event), prepared);
    });
}

async function serveStatus(event: ProxyEvent, caller: Caller, parts: StatusParts): Promise<ProxyResult> {
  const [{ state, source }, purging, activeJobs] = await Promise.all([
    parts.states.get(),
    parts.purging(),
    parts.activeJobs(),
  ]);
  const forAdmin = caller.principal.role === 'admin';
  const view = statusView(state, { now: parts.now(), forAdmin, source, purging, activeJobs });
  const { as_of: _, ...lasting } = view;
  return cacheable(event, caller, view, lasting, headersOf(state, event, parts.now()));
}

async function serveBlockedOperations(
  event: ProxyEvent,
  caller: Caller,
  parts: StatusParts & Prepared,
): Promise<ProxyResult> {
  const { state } = await parts.states.get();
  const now = parts.now();
  const maintenance = enforced(state, now);
  const known = maintenance === null ? NOTHING_TO_COUNT : await parts.tallyOf(maintenance.id);
  const rules = maintenance === null ? [] : await parts.rules(state);
  const view = blockedOperationsView(state, known, { rules, now });
  const { as_of: _, ...lasting } = view;
  return cacheable(event, caller, view, lasting, headersOf(state, event, now));
}

async function serveMessage(event: ProxyEvent, caller: Caller, parts: StatusParts): Promise<ProxyResult> {
  const query = check(messageQuery, queryOf(event), 'query');
  if (!query.ok) throw invalidRequest(query.problems);
  const { state } = await parts.states.get();
  const { operation = null } = query.value;
  const known = knownOperations(state);
  if (operation !== null && !known.includes(operation)) {
    throw invalidRequest([{ field: 'operation', message: `must be one of ${known.join(', ')}` }]);
  }
  const now = parts.now();
  const view = messageView(state, operation, now);
  return cacheable(event, caller, view, view, nextWindowLink(state, event.path, now));
}

/** What an answer says of the state that it was made from. */
function headersOf(state: State, event: ProxyEvent, now: number): Record<string, string> {
  return { 'X-Maintenance-Version': String(state.version), ...nextWindowLink(state, event.path, now) };
}

async function serveSignIn(event: ProxyEvent, caller: Caller, { signIn }: StatusParts): Promise<ProxyResult> {
  return cacheable(event, caller, signIn, signIn, {});
}

/** Unhealthy is a 503, for probers that look at the status alone; it is never kept. */
async function serveHealth(
  event: ProxyEvent,
  caller: Caller,
  parts: StatusParts & Prepared,
): Promise<ProxyResult> {
  const health = await parts.health();
  if (health.status === 'unhealthy') return json(503, health, { 'Cache-Control': 'no-store' });
  const { as_of: _, ...lasting } = health;
  return cacheable(event, caller, health, lasting, {});
}

async function serveOpenApi(
  event: ProxyEvent,
  caller: Caller,
  parts: StatusParts & Prepared,
): Promise<ProxyResult> {
  const { text, tag } = parts.openApi();
  return unlessKnown(event, caller, tag, { ...json(200, null), body: text });
}

function cacheable(
  event: ProxyEvent,
  caller: Caller,
  body: object,
  lasting: object,
  own: Readonly<Record<string, string>>,
): ProxyResult {
  return unlessKnown(event, caller, entityTag(lasting), json(200, body, own));
}

/** An answer that whoever shows no credential may keep for 5 s; nothing at all (304) to a client that has it already. */
function unlessKnown(event: ProxyEvent, caller: Caller, tag: string, answer: ProxyResult): ProxyResult {
  const { 'Content-Type': contentType, ...own } = answer.headers;
  const headers = {
    ETag: tag,
    'Cache-Control': caller.credential === 'none' ? 'public, max-age=5' : 'private, no-store',
    ...own,
  };
  if (isKnown(tag, headerValues(event, 'if-none-match'))) return empty(304, headers);
  return { ...answer, headers: { ...headers, 'Content-Type': contentType ?? 'application/json' } };
}
