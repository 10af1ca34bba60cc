import { JobStoppedError, MaintenanceError } from './errors.ts';
import { JobsApi } from './jobs-api.ts';
import { pause } from './pause.ts';
import { REAL_WAITS, type Waits, waitOut } from './wait-out.ts';

export interface RunJobOptions {
  /** Address of the protected API: `https://api.example.com`. */
  readonly api: string;
  /** An access token of a worker, or what gives one: it is asked before each call, for tokens expire. */
  readonly token: string | (() => string | Promise<string>);
  /** For whom the job is done. */
  readonly owner: string;
  /**
   * What to do while maintenance keeps jobs from being started: `throw` a MaintenanceError, or `wait` as long as the API
   * says, or until its status says that jobs may be started again, and try again.
   * @default 'throw'
   */
  readonly duringMaintenance?: 'throw' | 'wait';
  /** Ends the waiting, and asks the job to stop: an aborted signal aborts the job's own. */
  readonly signal?: AbortSignal;
  /**
   * Milliseconds between two heartbeats, where the job is to learn sooner that it has to stop; never more than the API
   * asks for. A grace period that is shorter may be over before the job hears of it.
   * @default as the API says, 15 000
   */
  readonly heartbeatInterval?: number;
  /** Told of each heartbeat that failed; the next one is sent all the same. */
  readonly onHeartbeatFailed?: (error: unknown) => void;
  /** Longest wait for one answer, ms. @default 10 000 */
  readonly timeout?: number;
  /** Longest pause between two tries of one call, ms. @default 5 000 */
  readonly longestPause?: number;
}

/** A job that runs, as its work sees it. */
export interface RunningJob {
  readonly id: string;
  /**
   * Aborted when the job has to stop, with a JobStoppedError as the reason. Hand it on to whatever the work waits for,
   * and look at it between two steps.
   */
  readonly signal: AbortSignal;
  /** Until when the job has time to stop by itself; null while it is not asked to. */
  readonly deadline: Date | null;
  /**
   * Says how far the job is, with the next heartbeat.
   *
   * @param progress percent
   * @param step what the job is at, at most 200 characters
   */
  report(progress: number, step?: string): void;
}

/** A status that a job doesn't leave any more. */
const ENDED: readonly string[] = ['completed', 'failed', 'terminated'];
const MAX_STEP_LENGTH = 200;
const MAX_ERROR_LENGTH = 2000;

/**
 * Does work as a job: registers it, sends heartbeats while it runs, has it stop when maintenance asks for that, and says
 * how it ended. Resolves to what the work resolves to, which is kept as the job's result where it fits; rejects with
 * whatever the work throws, with MaintenanceError, RefusedError or UnreachableError where the job can't begin, and with
 * one of the latter two where it can't be said that the work is done: after a RefusedError `job_ended` it counts no more.
 *
 * @example
 * const captions = await runJob({ api, token, owner: 'mia' }, 'caption_generation', async (job) => {
 *   for (const [index, image] of images.entries()) {
 *     job.signal.throwIfAborted();
 *     await describe(image, { signal: job.signal });
 *     job.report((100 * (index + 1)) / images.length, `image ${index + 1} of ${images.length}`);
 *   }
 *   return { captions: images.length };
 * });
 */
export async function runJob<Result>(
  options: RunJobOptions,
  type: string,
  work: (job: RunningJob) => Promise<Result>,
): Promise<Result> {
  return runJobIn(REAL_WAITS, options, type, work);
}

/** `runJob` with clock and chance of the caller's for what it waits while maintenance is active. */
export async function runJobIn<Result>(
  waits: Waits,
  options: RunJobOptions,
  type: string,
  work: (job: RunningJob) => Promise<Result>,
): Promise<Result> {
  const { api, token, owner, signal, timeout = 10_000, longestPause = 5000 } = options;
  const jobs = new JobsApi({ api, token, timeout, longestPause });
  const { id, heartbeatInterval: longest } = await begin(waits, jobs, { type, owner }, options);
  const interval = Math.min(options.heartbeatInterval ?? longest, longest);
  const heart = new Heart(jobs, id, interval, options.onHeartbeatFailed);
  const stop = (): void => heart.stopWork(signal?.reason);
  signal?.addEventListener('abort', stop, { once: true });
  if (signal?.aborted) stop();
  let result: Result;
  try {
    result = await work(heart.job);
  } catch (error) {
    await heart.rest();
    // Where nobody can be told, the job will be lost, or has been ended: the work's own error is what matters.
    await jobs.fail(id, messageOf(error)).catch(() => {});
    throw error;
  } finally {
    signal?.removeEventListener('abort', stop);
  }
  await heart.rest();
  await jobs.complete(id, keepable(result));
  return result;
}

async function begin(
  waits: Waits,
  jobs: JobsApi,
  job: { readonly type: string; readonly owner: string },
  { api, signal, duringMaintenance = 'throw' }: RunJobOptions,
): Promise<{ id: string; heartbeatInterval: number }> {
  const key = crypto.randomUUID();
  for (;;) {
    try {
      return await jobs.register(job, key, signal);
    } catch (error) {
      if (!(error instanceof MaintenanceError) || duringMaintenance === 'throw') throw error;
      await waitOut(waits, {
        api,
        operation: 'job_creation',
        milliseconds: error.retryAfter * 1000,
        signal,
        fetch,
      });
    }
  }
}

/** Sends the heartbeats of one job until it rests, and hands on what they are answered. */
class Heart {
  readonly job: RunningJob;
  readonly #jobs: JobsApi;
  readonly #id: string;
  readonly #onFailure: ((error: unknown) => void) | undefined;
  readonly #work = new AbortController();
  readonly #resting = new AbortController();
  readonly #beating: Promise<void>;
  #told: { progress?: number; step?: string } = {};
  #deadline: Date | null = null;

  constructor(jobs: JobsApi, id: string, interval: number, onFailure?: (error: unknown) => void) {
    this.#jobs = jobs;
    this.#id = id;
    this.#onFailure = onFailure;
    const heart = this;
    this.job = {
      id,
      signal: this.#work.signal,
      get deadline() {
        return heart.#deadline;
      },
      report: (progress, step) => this.#report(progress, step),
    };
    this.#beating = this.#beat(interval);
  }

  stopWork(reason: unknown): void {
    if (!this.#work.signal.aborted) this.#work.abort(reason);
  }

  /** Sends no more heartbeats. Resolves when none is under way. */
  async rest(): Promise<void> {
    this.#resting.abort();
    await this.#beating;
  }

  #report(progress: number, step?: string): void {
    this.#told = {
      ...this.#told,
      ...(Number.isFinite(progress) ? { progress: Math.min(100, Math.max(0, progress)) } : {}),
      ...(step?.trim() ? { step: oneLine(step, MAX_STEP_LENGTH) } : {}),
    };
  }

  async #beat(interval: number): Promise<void> {
    const { signal } = this.#resting;
    while (!signal.aborted) {
      await pause(interval, signal).catch(() => {});
      if (signal.aborted) return;
      const told = this.#told;
      this.#told = {};
      try {
        this.#heed(await this.#jobs.heartbeat(this.#id, told, signal));
      } catch (error) {
        if (signal.aborted) return;
        this.#told = { ...told, ...this.#told };
        this.#onFailure?.(error);
      }
    }
  }

  #heed(answer: { cancelRequested: boolean; deadline: Date | null; status: string }): void {
    this.#deadline = answer.deadline;
    const hasEnded = ENDED.includes(answer.status);
    if (!hasEnded && !answer.cancelRequested) return;
    this.stopWork(new JobStoppedError(hasEnded ? 'ended' : 'cancelled', answer.deadline));
  }
}

function messageOf(error: unknown): string {
  const text = error instanceof Error ? error.message || error.name : String(error);
  return text.toWellFormed().slice(0, MAX_ERROR_LENGTH).toWellFormed() || 'It failed without saying why.';
}

function oneLine(text: string, longest: number): string {
  return text
    .toWellFormed()
    .replaceAll(/\p{Cc}/gu, ' ')
    .slice(0, longest)
    .toWellFormed();
}

/** What the registry keeps of a result: nothing where it isn't JSON, or has more than 4096 bytes as such. */
function keepable(result: unknown): unknown {
  try {
    const text = JSON.stringify(result);
    return text !== undefined && new TextEncoder().encode(text).length <= 4096 ? JSON.parse(text) : undefined;
  } catch {
    return undefined;
  }
}
