import { diagnose } from '../../core/health/diagnostics-view.ts';
import { requireDeployed } from '../../core/http/not-deployed.ts';
import { createApiHandler, type ServeTable, serveBy } from '../http/api-handler.ts';
import { serveEscalation } from './escalation.ts';
import type { OncallParts } from './parts.ts';
import { serveStatistics } from './statistics.ts';

const SERVE: ServeTable<'operations', OncallParts> = {
  diagnostics: async (_, { records, now }) => ({ answer: await diagnose(records, now()) }),
  statistics: serveStatistics,
  escalate: serveEscalation,
};

/** Serves those on call. It runs outside of any network, so that it works when Redis and what is around it do not. */
export function createOperationsHandler(parts: OncallParts) {
  return createApiHandler('operations', parts, {
    beforeBody: async ({ call }) => {
      requireDeployed(call, parts.deployed);
      return null;
    },
    serve: (call) => serveBy(SERVE, call, parts),
  });
}
