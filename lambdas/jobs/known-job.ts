import { HttpProblem } from '../../core/http/problem.ts';
import { JOB_ID } from '../../core/jobs/schemas.ts';

/** Passes what can be the id of a job. Throws HttpProblem with status 404. */
export function mustBeId(id: string): void {
  if (!JOB_ID.test(id)) throw unknownJob(id);
}

/** What belongs to the job of an id. Throws HttpProblem with status 404 where there is none. */
export function known<T>(found: T | null, id: string): T {
  if (found === null) throw unknownJob(id);
  return found;
}

function unknownJob(id: string): HttpProblem {
  return new HttpProblem(
    'job_not_found',
    `There is no job with the id "${id.slice(0, 64)}". Jobs are kept for 30 days after their end.`,
    { members: { remedy: 'GET /api/maintenance/jobs' } },
  );
}
