import { requireDeployed, requireDeployedFields } from '../../core/http/not-deployed.ts';
import { nextWindowLink } from '../../core/windows/next-window-link.ts';
import { loggedEventLog } from '../aws/logged-event-log.ts';
import { createApiHandler, serveBy } from '../http/api-handler.ts';
import { readBody } from '../http/read-body.ts';
import type { ControlParts } from './parts.ts';
import { SERVE } from './serve.ts';

/** Serves the calls that not everybody may make: those that change maintenance or show its history. */
export function createControlHandler(parts: ControlParts) {
  const { deployed } = parts;
  return createApiHandler('control', parts, {
    absent: [
      ...(deployed.sessions ? [] : (['sessions'] as const)),
      ...(deployed.jobs ? [] : (['jobs'] as const)),
    ],
    beforeBody: async ({ call, event }) => {
      requireDeployed(call, deployed);
      if (call.body !== undefined) requireDeployedFields(readBody(event), deployed);
      return null;
    },
    serve: async (call) => {
      const { path, requestContext } = call.event;
      const events = loggedEventLog(parts.events, parts.log, requestContext.requestId);
      const served = await serveBy(SERVE, call, { ...parts, events });
      const state = events.newest();
      const link = state === null ? {} : nextWindowLink(state, path, parts.now());
      return { ...served, headers: { ...link, ...served.headers } };
    },
  });
}
