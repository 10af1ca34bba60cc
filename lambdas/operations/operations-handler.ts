import middy from '@middy/core';
import type { LevelTopics } from '../../adapters/oncall/level-topics.ts';
import type { ActionOf } from '../../core/api/api.ts';
import type { AttemptStore } from '../../core/attempts/store.ts';
import type { DeployedParts } from '../../core/deployed-parts.ts';
import { diagnose } from '../../core/health/diagnostics-view.ts';
import type { HealthRecordStore } from '../../core/health/health-record.ts';
import { requireDeployed } from '../../core/http/not-deployed.ts';
import type { MetricSource } from '../../core/oncall/metric-source.ts';
import type { Watched } from '../../core/oncall/statistics.ts';
import type { State } from '../../core/state/state.ts';
import type { Log } from '../aws/log.ts';
import { admit } from '../http/admit.ts';
import { type Caller, callerOf } from '../http/caller.ts';
import { httpAnswers } from '../http/http-answers.ts';
import { json, type ProxyEvent, type ProxyResult, preflight } from '../http/proxy-event.ts';
import { Router } from '../http/router.ts';
import { serveEscalation } from './escalation.ts';
import { serveStatistics } from './statistics.ts';

export interface OperationsParts {
  readonly records: Pick<HealthRecordStore, 'read'>;
  readonly metrics: MetricSource;
  readonly attempts: Pick<AttemptStore, 'tally'>;
  readonly topics: LevelTopics;
  /** What is deployed beside it. */
  readonly deployed: DeployedParts;
  readonly watched: Watched;
  /** Name of the deployment's event log. */
  readonly scope: string;
  /** Reads the newest state. */
  readonly state: () => Promise<State>;
  readonly log: Log;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  readonly allowedOrigins: readonly string[];
}

export interface OperationsCall {
  readonly event: ProxyEvent;
  readonly caller: Caller;
}

type Serve = (call: OperationsCall, parts: OperationsParts) => Promise<ProxyResult>;

const SERVE: Readonly<Record<ActionOf<'operations'>, Serve>> = {
  diagnostics: async (_, { records, now }) => json(200, await diagnose(records, now())),
  statistics: serveStatistics,
  escalate: serveEscalation,
};

/** Serves those on call. It runs outside of any network, so that it works when Redis and what is around it do not. */
export function createOperationsHandler(parts: OperationsParts) {
  const router = new Router('operations');
  return middy<ProxyEvent, ProxyResult>()
    .use(httpAnswers(parts))
    .handler(async (event: ProxyEvent): Promise<ProxyResult> => {
      const { httpMethod: method, path } = event;
      if (method === 'OPTIONS') return preflight(router.methodsOf(path));
      const { action, call } = router.find(method, path);
      const caller = callerOf(event);
      admit(caller, call, event, parts);
      requireDeployed(call, parts.deployed);
      return SERVE[action]({ event, caller }, parts);
    });
}
