import { BUILT_IN_RULES } from '../../core/decision/built-in-rules.ts';
import type { Rule } from '../../core/decision/rule.ts';
import { EVERYTHING } from '../../core/deployed-parts.ts';
import type { DrainRecord } from '../../core/drain/record.ts';
import { StoreUnavailableError } from '../../core/errors.ts';
import { EMPTY_ENTRY, type PurgeRecord } from '../../core/purge/record.ts';
import type { State } from '../../core/state/state.ts';
import type { CachedState } from '../../core/state/state-cache.ts';
import { createStatusHandler } from '../../lambdas/status/status-handler.ts';
import { NOW, normalMaintenance, stateWith } from './examples.ts';
import { InMemoryAttemptStore } from './in-memory-attempt-store.ts';
import { answerOf, proxyEvent, type Request } from './proxy-event.ts';
import { RecordingLog } from './recording-log.ts';

/** The status function over a state that tests set, with a clock that stands at NOW until it is moved. */
export class StatusBench {
  readonly log = new RecordingLog();
  time = NOW;
  /** What the record of purging says. */
  purging: PurgeRecord | null = EMPTY_ENTRY;
  state: State | null = stateWith(normalMaintenance({ endsAt: NOW + 1_800_000 }));
  source: CachedState['source'] = 'event_log';
  activeJobs: number | null = 0;
  /** What is known of the drain; undefined where it can't be told. */
  drain: DrainRecord | null | undefined = null;
  readonly attempts = new InMemoryAttemptStore();
  rules: readonly Rule[] = BUILT_IN_RULES;
  readonly #handler = createStatusHandler({
    states: {
      get: async () => {
        if (this.state === null) throw new StoreUnavailableError('down');
        return { state: this.state, source: this.source, readAt: this.time };
      },
    },
    attempts: this.attempts,
    activeJobs: async () => this.activeJobs,
    deployed: EVERYTHING,
    rules: async () => this.rules,
    purging: async () => this.purging,
    drain: async () => this.drain,
    log: this.log,
    now: () => this.time,
    allowedOrigins: ['*'],
    signIn: {
      issuer: 'https://issuer.test/pool',
      client_id: 'client-1',
      openid_configuration: 'https://issuer.test/pool/.well-known/openid-configuration',
    },
  });

  call(method: string, path: string, request: Request = {}) {
    return this.callPath(method, `/api/maintenance${path}`, request);
  }

  /** A call with a path that may lie outside of the API. */
  async callPath(method: string, path: string, request: Request = {}) {
    const event = proxyEvent(method, path, request);
    return answerOf(await this.#handler(event, { awsRequestId: 'aws-1' }));
  }
}
