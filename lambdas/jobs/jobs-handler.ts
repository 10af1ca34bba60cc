import { createApiHandler, serveBy } from '../http/api-handler.ts';
import { mustBeId } from './known-job.ts';
import type { JobsParts } from './parts.ts';
import { refuseBlocked } from './register-job.ts';
import { SERVE } from './serve.ts';

/**
 * Serves the calls about jobs: those of workers, and those of admins. A function of its own, so that the heartbeats of
 * thousands of jobs can't hold up an admin who toggles maintenance.
 */
export function createJobsHandler(parts: JobsParts) {
  return createApiHandler('jobs', parts, {
    beforeBody: async (admitted) => {
      const { id } = admitted.parameters;
      if (id !== undefined) mustBeId(id);
      return admitted.call.isBlockable ? refuseBlocked(admitted, parts) : null;
    },
    serve: (call) => serveBy(SERVE, call, parts),
  });
}
