import middy from '@middy/core';
import type { Job } from '../../core/jobs/job.ts';
import type { JobRegistry } from '../../core/jobs/job-registry.ts';
import type { State } from '../../core/state/state.ts';
import type { Log } from '../aws/log.ts';
import { admit } from '../http/admit.ts';
import { callerOf } from '../http/caller.ts';
import { httpAnswers } from '../http/http-answers.ts';
import { type ProxyEvent, type ProxyResult, preflight } from '../http/proxy-event.ts';
import { Router } from '../http/router.ts';
import type { RefuseRegistration } from './refuse-registration.ts';
import { SERVE } from './serve.ts';

export interface JobsParts {
  readonly registry: JobRegistry;
  /** The newest state, at most a second old; rejects with StoreUnavailableError. */
  readonly state: () => Promise<State>;
  readonly refuseRegistration: RefuseRegistration;
  /** Tells over the event bus that a job is to be done again. Rejects when that can't be told. */
  readonly tellRequeued: (job: Job) => Promise<void>;
  readonly log: Log;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  readonly newId: () => string;
  readonly allowedOrigins: readonly string[];
  /** Milliseconds in which a call stops jobs; what it doesn't get to is told. */
  readonly stopTime: number;
}

/**
 * Serves the calls about jobs: those of workers, and those of admins. A function of its own, so that the heartbeats of
 * thousands of jobs can't hold up an admin who toggles maintenance.
 */
export function createJobsHandler(parts: JobsParts) {
  const router = new Router('jobs');
  const { log, now } = parts;
  return middy<ProxyEvent, ProxyResult>()
    .use(httpAnswers(parts))
    .handler(async (event: ProxyEvent): Promise<ProxyResult> => {
      const { httpMethod: method, path } = event;
      if (method === 'OPTIONS') return preflight(router.methodsOf(path));
      const { action, call, parameters } = router.find(method, path);
      const caller = callerOf(event);
      admit(caller, call, event, { log, now });
      return SERVE[action]({ ...parts, event, caller, id: parameters.id ?? '' });
    });
}
