import { BUILT_IN_RULES } from '../../core/built-in-rules.ts';
import { StoreUnavailableError } from '../../core/errors.ts';
import { EMPTY_ENTRY, type PurgeLedgerEntry } from '../../core/purge-ledger.ts';
import type { Rule } from '../../core/rule.ts';
import type { State } from '../../core/state.ts';
import type { CachedState } from '../../core/state-cache.ts';
import { createStatusHandler } from '../../lambdas/status/status-handler.ts';
import { NOW, normalMaintenance, stateWith } from './examples.ts';
import { InMemoryAttemptStore } from './in-memory-attempt-store.ts';
import { answerOf, proxyEvent, type Request } from './proxy-event.ts';
import { RecordingLog } from './recording-log.ts';

/** The status function over a state that tests set, with a clock that stands at NOW until it is moved. */
export class StatusBench {
  readonly log = new RecordingLog();
  time = NOW;
  /** What the ledger of purging says. */
  purging: PurgeLedgerEntry | null = EMPTY_ENTRY;
  state: State | null = stateWith(normalMaintenance({ endsAt: NOW + 1_800_000 }));
  source: CachedState['source'] = 'event_log';
  activeJobs: number | null = 0;
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
    rules: async () => this.rules,
    purging: async () => this.purging,
    log: this.log,
    now: () => this.time,
    allowedOrigins: ['*'],
    signIn: {
      issuer: 'https://issuer.test/pool',
      client_id: 'client-1',
      openid_configuration: 'https://issuer.test/pool/.well-known/openid-configuration',
    },
  });

  async call(method: string, path: string, request: Request = {}) {
    const event = proxyEvent(method, `/api/maintenance${path}`, request);
    return answerOf(await this.#handler(event, { awsRequestId: 'aws-1' }));
  }
}
