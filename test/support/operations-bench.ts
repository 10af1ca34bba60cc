import { EVERYTHING } from '../../core/deployed-parts.ts';
import { StoreUnavailableError } from '../../core/errors.ts';
import type { HealthRecord } from '../../core/health/health-record.ts';
import type { EscalationNotice } from '../../core/oncall/escalation.ts';
import type { MetricQuery, MetricRange, MetricSeries } from '../../core/oncall/metric-source.ts';
import type { State } from '../../core/state/state.ts';
import { createOperationsHandler } from '../../lambdas/operations/operations-handler.ts';
import { NOW, stateWith } from './examples.ts';
import { InMemoryAttemptStore } from './in-memory-attempt-store.ts';
import { type Answer, answerOf, proxyEvent, type Request } from './proxy-event.ts';
import { RecordingLog } from './recording-log.ts';

/** The operations function with everything around it in memory, and a clock that stands at NOW until it is moved. */
export class OperationsBench {
  readonly log = new RecordingLog();
  readonly attempts = new InMemoryAttemptStore();
  readonly published: { readonly level: number; readonly notice: EscalationNotice }[] = [];
  readonly asked: { readonly queries: readonly MetricQuery[]; readonly range: MetricRange }[] = [];
  time = NOW;
  /** `down` while it can't be read. */
  record: HealthRecord | null | 'down' = null;
  /** Null while it can't be read. */
  state: State | null = stateWith(null);
  /** Null while they can't be had. */
  metrics: ReadonlyMap<string, MetricSeries> | null = new Map();
  areTopicsDown = false;
  readonly #handler = createOperationsHandler({
    records: {
      read: async () => {
        if (this.record === 'down') throw new StoreUnavailableError('down');
        return this.record;
      },
    },
    attempts: this.attempts,
    deployed: EVERYTHING,
    metrics: {
      read: async (queries, range) => {
        this.asked.push({ queries, range });
        if (this.metrics === null) throw new Error('CloudWatch is down');
        return this.metrics;
      },
    },
    topics: {
      publish: async (level, notice) => {
        if (this.areTopicsDown) throw new Error('SNS is down');
        this.published.push({ level, notice });
        return `message-${this.published.length}`;
      },
    },
    watched: {
      namespace: 'EnhancedMaintenanceMode/Test/default',
      authorizer: 'gate',
      api: 'api',
      stage: 'live',
      table: 'state',
      cache: 'cache',
    },
    scope: 'default',
    state: async () => {
      if (this.state === null) throw new StoreUnavailableError('down');
      return this.state;
    },
    log: this.log,
    now: () => this.time,
    allowedOrigins: ['*'],
  });

  /** Calls below /api/maintenance, as alice the admin where nothing else is said. */
  async call(method: string, path: string, request: Request = {}): Promise<Answer> {
    const event = proxyEvent(method, `/api/maintenance${path}`, { as: 'alice', ...request });
    return answerOf(await this.#handler(event, { awsRequestId: 'aws-1' }));
  }
}
