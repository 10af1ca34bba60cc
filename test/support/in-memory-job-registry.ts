import { StoreUnavailableError } from '../../core/errors.ts';
import { changeJob, type JobAction, type JobChange } from '../../core/jobs/change-job.ts';
import { isActive, type Job, jobAt } from '../../core/jobs/job.ts';
import {
  type JobPage,
  type JobQuery,
  type JobRegistry,
  placeOf,
  type Registered,
} from '../../core/jobs/job-registry.ts';

/** Keeps jobs in memory, as the registry in DynamoDB does. */
export class InMemoryJobRegistry implements JobRegistry {
  /** While true, nothing can be read or written. */
  isDown = false;
  /** Jobs that can be read, but not changed. */
  readonly stuck = new Set<string>();
  readonly #jobs = new Map<string, Job>();

  async register(job: Job): Promise<Registered> {
    this.#mustBeUp();
    const known = this.#jobs.get(job.id);
    if (known !== undefined) return { outcome: 'known', job: known };
    this.#jobs.set(job.id, job);
    return { outcome: 'registered', job };
  }

  async find(id: string): Promise<Job | null> {
    this.#mustBeUp();
    return this.#jobs.get(id) ?? null;
  }

  async change(id: string, action: JobAction, now: number): Promise<JobChange | null> {
    this.#mustBeUp();
    if (this.stuck.has(id)) throw new StoreUnavailableError(`The job ${id} cannot be changed.`);
    const job = this.#jobs.get(id);
    if (job === undefined) return null;
    const change = changeJob(job, action, now);
    if (change.outcome === 'changed') this.#jobs.set(id, change.job);
    return change;
  }

  async *active(): AsyncGenerator<readonly Job[]> {
    this.#mustBeUp();
    const jobs = [...this.#jobs.values()].filter(isActive);
    for (let from = 0; from < jobs.length; from += 100) yield jobs.slice(from, from + 100);
  }

  async countActive(): Promise<number> {
    this.#mustBeUp();
    return [...this.#jobs.values()].filter(isActive).length;
  }

  async list({ status, limit, after, now }: JobQuery): Promise<JobPage> {
    this.#mustBeUp();
    const fitting = [...this.#jobs.values()]
      .map((job) => jobAt(job, now))
      .filter((job) => status === undefined || job.status === status)
      .filter((job) => after === undefined || placeOf(job) < after)
      .sort((one, other) => (placeOf(one) < placeOf(other) ? 1 : -1));
    const items = fitting.slice(0, limit);
    const last = items.at(-1);
    return { items, next: fitting.length > limit && last !== undefined ? placeOf(last) : null };
  }

  #mustBeUp(): void {
    if (this.isDown) throw new StoreUnavailableError('down');
  }
}
