import { Offenders } from '../../core/attempts/offenders.ts';
import { StoreUnavailableError } from '../../core/errors.ts';
import type { Job } from '../../core/jobs/job.ts';
import type { State } from '../../core/state/state.ts';
import { decisionLog } from '../../lambdas/authorizer/decision-log.ts';
import { createJobSweepHandler } from '../../lambdas/job-sweep/job-sweep-handler.ts';
import { createJobsHandler } from '../../lambdas/jobs/jobs-handler.ts';
import { refuseRegistration } from '../../lambdas/jobs/refuse-registration.ts';
import { NOW, stateWith } from './examples.ts';
import { InMemoryJobRegistry } from './in-memory-job-registry.ts';
import { jobId } from './jobs.ts';
import { type Answer, answerOf, proxyEvent, type Request } from './proxy-event.ts';
import { RecordingLog } from './recording-log.ts';

/** The functions for jobs over a registry in memory, with a clock that stands at NOW until it is moved. */
export class JobsBench {
  readonly registry = new InMemoryJobRegistry();
  readonly log = new RecordingLog();
  /** The lines of the gate's decisions. */
  readonly decisions: Record<string, unknown>[] = [];
  readonly requeued: Job[] = [];
  time = NOW;
  /** Null while it can't be read. */
  state: State | null = stateWith(null);
  isBusDown = false;
  stopTime = 20_000;
  readonly #handler;
  readonly #sweep;
  #ids = 0;

  constructor(options: { readonly allowedOrigins?: readonly string[] } = {}) {
    const now = () => this.time;
    const read = async () => {
      if (this.state === null) throw new StoreUnavailableError('down');
      return this.state;
    };
    const allowedOrigins = options.allowedOrigins ?? ['*'];
    this.#handler = createJobsHandler({
      registry: this.registry,
      state: read,
      refuseRegistration: refuseRegistration({
        states: { peek: () => null, get: async () => ({ state: await read(), readAt: this.time }) },
        offenders: new Offenders(3),
        decisions: decisionLog((line) => this.decisions.push(JSON.parse(line))),
        now,
        allowedOrigins,
        refusalForm: 'negotiated',
      }),
      publishRequeued: async (job) => {
        if (this.isBusDown) throw new Error('The bus is down.');
        this.requeued.push(job);
      },
      log: this.log,
      now,
      newId: () => {
        this.#ids += 1;
        return jobId(this.#ids);
      },
      allowedOrigins,
      stopTime: this.stopTime,
      freshSignIn: 900,
    });
    this.#sweep = createJobSweepHandler({ registry: this.registry, log: this.log, now, timeLimit: 50_000 });
  }

  /** Calls below /api/maintenance/jobs, as walt the worker where nothing else is said. */
  async call(method: string, path: string, request: Request = {}): Promise<Answer> {
    const event = proxyEvent(method, `/api/maintenance/jobs${path}`, { as: 'worker', ...request });
    const result = await this.#handler(event, { awsRequestId: 'aws-1' });
    const isJson = /json/.test(result.headers['Content-Type'] ?? '');
    return isJson ? answerOf(result) : { ...answerOf({ ...result, body: '' }), text: result.body };
  }

  asAdmin(method: string, path: string, request: Request = {}): Promise<Answer> {
    return this.call(method, path, { as: 'alice', ...request });
  }

  /** Registers a job and returns its id. */
  async register(body: object = { type: 'caption_generation', owner: 'mia' }): Promise<string> {
    const { status, text, json } = await this.call('POST', '', { body });
    if (status !== 201) throw new Error(`Not registered: ${status} ${text}`);
    return json.id;
  }

  async sweep(): Promise<void> {
    await this.#sweep({}, { awsRequestId: 'aws-2' });
  }
}
