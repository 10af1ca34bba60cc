import { type Job, jobAt } from '../jobs/job.ts';
import type { JobRegistry } from '../jobs/job-registry.ts';
import { type Stopped, stopJobs } from '../jobs/stop-jobs.ts';
import { rfc3339 } from '../text.ts';
import { type EndedWork, type JobKind, type KindLook, type KindStop, MAX_IDS } from './work-kind.ts';

type Registry = Pick<JobRegistry, 'active' | 'change' | 'list'>;

/** Jobs of a page when those are counted that have ended. */
const PAGE = 100;

/** The jobs of the registry, as a kind of work. Lost ones hold nothing back: nobody can say whether they still run. */
export class RegisteredJobs implements JobKind {
  readonly name = 'job';
  readonly #registry: Registry;

  constructor(registry: Registry) {
    this.#registry = registry;
  }

  /** Jobs past their deadline are counted until they have been written down as terminated, so that each is told of. */
  async look(before: number, now: number): Promise<KindLook> {
    const counts = { asked: 0, others: 0 };
    const ids: string[] = [];
    for await (const jobs of this.#begunBefore(before)) {
      for (const job of jobs) {
        if (jobAt(job, now).status === 'lost') continue;
        counts[job.status === 'cancelling' ? 'asked' : 'others'] += 1;
        if (ids.length < MAX_IDS) ids.push(job.id);
      }
    }
    return { ...counts, ids };
  }

  stop({ before, deadline, now, until, onTerminated }: KindStop): Promise<Stopped> {
    return stopJobs(
      this.#begunBefore(before),
      { deadline, reason: 'emergency_mode' },
      {
        registry: this.#registry,
        now,
        until,
        onTerminated: ({ id, type, owner, startedAt }) =>
          onTerminated({ id, facts: { job_type: type, owner, started_at: rfc3339(startedAt) } }),
      },
    );
  }

  /** Counts the jobs themselves: many have been terminated by the clock, and written down by others. */
  async countEnded({ since, before, now, until }: Parameters<JobKind['countEnded']>[0]): Promise<EndedWork> {
    const counted = { terminated: 0, lost: 0, isExact: true };
    for (const status of ['terminated', 'lost'] as const) {
      let after: string | undefined;
      do {
        const { items, next } = await this.#registry.list({ status, limit: PAGE, after, now: now() });
        counted[status] += items.filter(
          ({ startedAt, endedAt }) => startedAt < before && endedAt !== null && endedAt >= since,
        ).length;
        after = next ?? undefined;
        if (after !== undefined && now() >= until) {
          counted.isExact = false;
          break;
        }
      } while (after !== undefined);
    }
    return counted;
  }

  async *#begunBefore(before: number): AsyncGenerator<readonly Job[]> {
    for await (const jobs of this.#registry.active()) {
      yield jobs.filter(({ startedAt }) => startedAt < before);
    }
  }
}
