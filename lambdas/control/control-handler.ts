import middy from '@middy/core';
import type { ActionOf } from '../../core/api/api.ts';
import type { AttemptStore } from '../../core/attempts/store.ts';
import type { DeployedParts } from '../../core/deployed-parts.ts';
import type { DrainRecords } from '../../core/drain/record.ts';
import type { EventLog } from '../../core/events/event-log.ts';
import type { WatchRecords } from '../../core/health/enforcement-record.ts';
import { requireDeployed, requireDeployedFields } from '../../core/http/not-deployed.ts';
import type { NoticeRecords } from '../../core/notices/record.ts';
import type { PurgeRecord } from '../../core/purge/record.ts';
import type { RuleStore } from '../../core/rules/rule-set.ts';
import { nextWindowLink } from '../../core/windows/next-window-link.ts';
import type { WindowStore } from '../../core/windows/window.ts';
import type { Log } from '../aws/log.ts';
import { loggedEventLog } from '../aws/logged-event-log.ts';
import type { ActiveJobs } from '../http/active-jobs.ts';
import { admit } from '../http/admit.ts';
import { callerOf } from '../http/caller.ts';
import { httpAnswers } from '../http/http-answers.ts';
import { type ProxyEvent, type ProxyResult, preflight } from '../http/proxy-event.ts';
import { readBody } from '../http/read-body.ts';
import { Router } from '../http/router.ts';
import { SERVE } from './serve.ts';

export interface ControlParts {
  readonly events: EventLog;
  readonly log: Log;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  readonly newId: () => string;
  readonly rules: RuleStore;
  readonly windows: WindowStore;
  readonly activeJobs: ActiveJobs;
  /** What is deployed beside it. */
  readonly deployed: DeployedParts;
  /** What was counted during each maintenance. */
  readonly attempts: Pick<AttemptStore, 'tally' | 'record'>;
  /** What became of jobs during each maintenance. */
  readonly drains: DrainRecords;
  /** What the health check saw during each maintenance. */
  readonly watched: WatchRecords;
  /** What became of telling people. */
  readonly notices: NoticeRecords;
  /** What is known of the purging of sessions. */
  readonly purging: () => Promise<PurgeRecord | null>;
  /** Path templates that maintenance never blocks. */
  readonly alwaysAllowed: readonly string[];
  readonly allowedOrigins: readonly string[];
  /** Seconds since sign-in up to which an emergency may be declared. */
  readonly freshSignIn: number;
}

/** Serves the calls that not everybody may make: those that change maintenance or show its history. */
export function createControlHandler(parts: ControlParts) {
  const { deployed } = parts;
  const router = new Router(
    'control',
    ...(deployed.sessions ? [] : (['sessions'] as const)),
    ...(deployed.jobs ? [] : (['jobs'] as const)),
  );
  return middy<ProxyEvent, ProxyResult>()
    .use(httpAnswers(parts))
    .handler(async (event: ProxyEvent): Promise<ProxyResult> => {
      const { httpMethod: method, path } = event;
      if (method === 'OPTIONS') return preflight(router.methodsOf(path));
      const { action, call, parameters } = router.find(method, path);
      const caller = callerOf(event);
      admit(caller, call, event, parts);
      requireDeployed(call, deployed);
      if (call.body !== undefined) requireDeployedFields(readBody(event), deployed);
      const events = loggedEventLog(parts.events, parts.log, event.requestContext.requestId);
      const answer = await SERVE[action as ActionOf<'control'>]({
        ...parts,
        event,
        caller,
        parameters,
        events,
      });
      const state = events.newest();
      const link = state === null ? {} : nextWindowLink(state, path, parts.now());
      return { ...answer, headers: { ...link, ...answer.headers } };
    });
}
