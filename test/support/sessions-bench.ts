import { StoreUnavailableError } from '../../core/errors.ts';
import type { State } from '../../core/state/state.ts';
import { createSessionsHandler } from '../../lambdas/sessions/sessions-handler.ts';
import { NOW, stateWith } from './examples.ts';
import { MemorySessionStore } from './memory-session-store.ts';
import { type Answer, answerOf, proxyEvent, type Request } from './proxy-event.ts';
import { RecordingLog } from './recording-log.ts';
import { POLICY } from './sessions.ts';

/** The sessions function over sessions in memory, with a clock that stands at NOW until it is moved. */
export class SessionsBench {
  readonly store = new MemorySessionStore(POLICY);
  readonly log = new RecordingLog();
  time = NOW;
  /** Null while it can't be read. */
  state: State | null = stateWith(null);
  readonly #handler = createSessionsHandler({
    store: this.store,
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
