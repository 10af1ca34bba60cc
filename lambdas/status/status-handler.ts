import middy from '@middy/core';
import type { AttemptStore } from '../../core/attempts/store.ts';
import type { Rule } from '../../core/decision/rule.ts';
import type { DeployedParts } from '../../core/deployed-parts.ts';
import { drainable } from '../../core/drain/phase.ts';
import { PAGE_PATH } from '../../core/environment.ts';
import { invalidRequest } from '../../core/http/problem.ts';
import type { PurgeRecord } from '../../core/purge/record.ts';
import type { Maintenance, State } from '../../core/state/state.ts';
import type { StateCache } from '../../core/state/state-cache.ts';
import {
  blockedOperationsView,
  enforced,
  type KnownTotals,
  NOT_COUNTED,
  NOTHING_TO_COUNT,
} from '../../core/status/blocked-operations-view.ts';
import { knownOperations, messageView } from '../../core/status/message-view.ts';
import type { SignIn } from '../../core/status/schemas.ts';
import { statusView } from '../../core/status/status-view.ts';
import { nextWindowLink } from '../../core/windows/next-window-link.ts';
import type { Log } from '../aws/log.ts';
import type { ActiveJobs } from '../http/active-jobs.ts';
import { answerCalls, type Call, type ServeTable, serveBy } from '../http/api-handler.ts';
import { cacheable, unlessKnown } from '../http/cacheable.ts';
import { httpAnswers } from '../http/http-answers.ts';
import { json, type ProxyEvent, type ProxyResult } from '../http/proxy-event.ts';
import type { KnownDrain } from './known-drain.ts';
import { type OpenApiText, openApiText } from './open-api-text.ts';
import { recentTotals } from './recent-totals.ts';
import { servePage } from './serve-page.ts';

interface StatusParts {
  readonly states: Pick<StateCache, 'get'>;
  readonly log: Log;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  readonly allowedOrigins: readonly string[];
  /** Where and how to sign in, so that a client needs to know the API's URL only. */
  readonly signIn: SignIn;
  /** Reads what was counted during a maintenance. */
  readonly attempts: Pick<AttemptStore, 'totals'>;
  readonly activeJobs: ActiveJobs;
  /** What is deployed beside it. */
  readonly deployed: DeployedParts;
  readonly drain: KnownDrain;
  /** What is known of the purging of sessions. */
  readonly purging: () => Promise<PurgeRecord | null>;
  /** The rules by which requests are classified in a state. */
  readonly rules: (state: State) => Promise<readonly Rule[]>;
}

/** What is made once and used for many calls. */
interface Prepared {
  readonly openApi: () => OpenApiText;
  readonly totalsOf: (maintenanceId: string) => Promise<KnownTotals>;
}

const SERVE: ServeTable<'status', StatusParts & Prepared> = {
  status: serveStatus,
  signin: serveSignIn,
  blocked_operations: serveBlockedOperations,
  message: serveMessage,
  openapi: serveOpenApi,
};

/** Serves what everybody may read. A bad credential is as good as none here: the answer is the public one. */
export function createStatusHandler(parts: StatusParts) {
  const { signIn } = parts;
  const prepared: StatusParts & Prepared = {
    ...parts,
    totalsOf: recentTotals(parts),
    openApi: openApiText(signIn.openid_configuration),
  };
  const answer = answerCalls('status', parts, { serve: (call) => serveBy(SERVE, call, prepared) });
  return middy<ProxyEvent, ProxyResult>()
    .use(httpAnswers(parts))
    .handler((event: ProxyEvent) => (event.path === PAGE_PATH ? servePage(event, parts) : answer(event)));
}

async function serveStatus({ event, caller }: Call, parts: StatusParts): Promise<ProxyResult> {
  const [{ state, source }, purging, activeJobs] = await Promise.all([
    parts.states.get(),
    parts.purging(),
    parts.activeJobs(),
  ]);
  const now = parts.now();
  const forAdmin = caller.principal.role === 'admin';
  const drained = drainable(state, now);
  const drain = drained === null ? null : await parts.drain(drained.id);
  const view = statusView(state, {
    now,
    forAdmin,
    source,
    purging,
    activeJobs,
    drain,
    deployed: parts.deployed,
  });
  const { as_of: _, ...lasting } = view;
  return cacheable(event, caller, view, lasting, headersOf(state, event, parts.now()));
}

async function serveBlockedOperations(
  { event, caller }: Call,
  parts: StatusParts & Prepared,
): Promise<ProxyResult> {
  const { state } = await parts.states.get();
  const now = parts.now();
  const maintenance = enforced(state, now);
  const known = await knownTally(maintenance, parts);
  const rules = maintenance === null ? [] : await parts.rules(state);
  const view = blockedOperationsView(state, known, { rules, now });
  const { as_of: _, ...lasting } = view;
  return cacheable(event, caller, view, lasting, headersOf(state, event, now));
}

async function knownTally(
  maintenance: Maintenance | null,
  { deployed, totalsOf }: Pick<StatusParts & Prepared, 'deployed' | 'totalsOf'>,
): Promise<KnownTotals> {
  if (deployed.monitoring === 'none') return NOT_COUNTED;
  return maintenance === null ? NOTHING_TO_COUNT : totalsOf(maintenance.id);
}

async function serveMessage(
  { event, caller, query }: Call<'message'>,
  parts: StatusParts,
): Promise<ProxyResult> {
  const { state } = await parts.states.get();
  const { operation = null } = query;
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

async function serveSignIn({ event, caller }: Call, { signIn }: StatusParts): Promise<ProxyResult> {
  return cacheable(event, caller, signIn, signIn, {});
}

async function serveOpenApi({ event, caller }: Call, parts: StatusParts & Prepared): Promise<ProxyResult> {
  const { text, tag } = parts.openApi();
  return unlessKnown(event, caller, tag, { ...json(200, null), body: text });
}
