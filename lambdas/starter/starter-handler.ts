import { type StartParts, startDrain } from '../../core/drain/start-drain.ts';
import type { Log } from '../aws/log.ts';

interface StarterParts extends StartParts {
  readonly log: Log;
}

/**
 * Starts the drain that the newest state needs, whatever invoked it: an event on the bus or the minute. Rejects where
 * that can't be told or done; the next minute tries again.
 */
export function createStarterHandler(parts: StarterParts) {
  return async (_event: unknown, { awsRequestId }: { readonly awsRequestId: string }): Promise<void> => {
    const started = await startDrain(parts);
    if (started.outcome === 'idle' || started.outcome === 'running') return;
    parts.log.info('The drain of jobs was started.', {
      event: 'drain_started',
      request_id: awsRequestId,
      maintenance_id: started.maintenanceId,
      generation: started.generation,
    });
  };
}
