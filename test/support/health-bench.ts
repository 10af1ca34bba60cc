import { StoreUnavailableError } from '../../core/errors.ts';
import type { HealthRecord } from '../../core/health/health-record.ts';
import type { State } from '../../core/state/state.ts';
import type { CachedState } from '../../core/state/state-cache.ts';
import { createHealthHandler } from '../../lambdas/health/health-handler.ts';
import { NOW, stateWith } from './examples.ts';
import { MemorySessionStore } from './memory-session-store.ts';
import { answerOf, proxyEvent, type Request } from './proxy-event.ts';
import { RecordingLog } from './recording-log.ts';
import { POLICY } from './sessions.ts';

/** The health function over components that tests break, with a clock that stands at NOW until it is moved. */
export class HealthBench {
  readonly log = new RecordingLog();
  readonly sessions = new MemorySessionStore(POLICY);
  time = NOW;
  state: State | null = stateWith(null);
  source: CachedState['source'] = 'event_log';
  /** What a look at the event log and at the issuer's keys comes to. */
  head: () => Promise<null> = async () => null;
  issuerKeys: () => Promise<{ fetchedAt: number } | null> = async () => ({ fetchedAt: this.time - 60_000 });
  /** What the health check has found last. */
  record: () => Promise<HealthRecord | null> = async () => null;
  readonly #handler = createHealthHandler({
    states: {
      get: async () => {
        if (this.state === null) throw new StoreUnavailableError('down');
        return { state: this.state, source: this.source, readAt: this.time };
      },
    },
    events: { head: () => this.head() },
    issuerKeys: () => this.issuerKeys(),
    sessions: this.sessions,
    records: { read: () => this.record() },
    log: this.log,
    now: () => this.time,
    allowedOrigins: ['*'],
  });

  async call(method: string, path: string, request: Request = {}) {
    const event = proxyEvent(method, `/api/maintenance${path}`, request);
    return answerOf(await this.#handler(event, { awsRequestId: 'aws-1' }));
  }
}
