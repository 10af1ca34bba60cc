import { type DeployedParts, EVERYTHING } from '../../core/deployed-parts.ts';
import type { DrainRecord } from '../../core/drain/record.ts';
import type { WatchRecord } from '../../core/health/enforcement-record.ts';
import { NO_NOTICES, type NoticeRecord } from '../../core/notices/record.ts';
import { EMPTY_ENTRY, type PurgeRecord } from '../../core/purge/record.ts';
import { createControlHandler } from '../../lambdas/control/control-handler.ts';
import { NOW } from './examples.ts';
import { InMemoryAttemptStore } from './in-memory-attempt-store.ts';
import { InMemoryEventLog } from './in-memory-event-log.ts';
import { InMemoryRuleStore } from './in-memory-rule-store.ts';
import { InMemoryVersionedItem } from './in-memory-versioned-item.ts';
import { InMemoryWindowStore } from './in-memory-window-store.ts';
import { type Answer, answerOf, proxyEvent, type Request } from './proxy-event.ts';
import { RecordingLog } from './recording-log.ts';

/** The control function over an event log in memory, with a clock that stands at NOW until it is moved. */
export class ControlBench {
  readonly events = new InMemoryEventLog();
  readonly rules = new InMemoryRuleStore();
  readonly windows = new InMemoryWindowStore();
  readonly attempts = new InMemoryAttemptStore();
  readonly log = new RecordingLog();
  /** The record of whatever drain is asked for. */
  readonly drain = new InMemoryVersionedItem<DrainRecord | null>(null);
  readonly watched = new InMemoryVersionedItem<WatchRecord | null>(null);
  readonly notices = new InMemoryVersionedItem<NoticeRecord>(NO_NOTICES);
  activeJobs: number | null = 0;
  time = NOW;
  /** What the record of purging says. */
  purging: PurgeRecord | null = EMPTY_ENTRY;
  readonly #handler;
  #ids = 0;

  constructor(
    options: { readonly allowedOrigins?: readonly string[]; readonly deployed?: DeployedParts } = {},
  ) {
    this.#handler = createControlHandler({
      events: this.events,
      rules: this.rules,
      windows: this.windows,
      attempts: this.attempts,
      drains: () => this.drain,
      watched: () => this.watched,
      notices: () => this.notices,
      alwaysAllowed: ['/static/{proxy+}', '/health'],
      purging: async () => this.purging,
      log: this.log,
      activeJobs: async () => this.activeJobs,
      deployed: options.deployed ?? EVERYTHING,
      now: () => this.time,
      newId: () => {
        this.#ids += 1;
        return `m-${this.#ids}`;
      },
      allowedOrigins: options.allowedOrigins ?? ['*'],
      freshSignIn: 900,
    });
  }

  /** Calls below /api/maintenance, as alice the admin where nothing else is said. */
  async call(method: string, path: string, request: Request = {}): Promise<Answer> {
    return this.callPath(method, `/api/maintenance${path}`, request);
  }

  async callPath(method: string, path: string, request: Request = {}): Promise<Answer> {
    const event = proxyEvent(method, path, { as: 'alice', ...request });
    return answerOf(await this.#handler(event, { awsRequestId: 'aws-1' }));
  }

  /** Brings the state into a mode; the clock stands where it stood. */
  async bringInto(mode: 'inactive' | 'normal' | 'emergency' | 'test'): Promise<void> {
    if (mode === 'normal' || mode === 'test') {
      await this.call('POST', '/enable', { body: { reason: 'Database upgrade', mode } });
    }
    if (mode === 'emergency') await this.call('POST', '/emergency', { body: { reason: 'Data at risk' } });
    this.log.lines.length = 0;
  }
}
