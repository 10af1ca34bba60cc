import { z } from 'zod';
import type { Attempt, AttemptKind } from '../../core/attempts/attempt.ts';
import type { Simulated } from '../../core/attempts/test-record.ts';
import { ROLES } from '../../core/state/principal.ts';

/** Which of the authorizer's lines are attempts, and those that a test run allows; the subscription filter lets these through and no other. */
const KINDS = {
  operation_blocked: 'blocked',
  admin_bypass: 'bypassed',
  would_block: 'would_block',
  would_allow: 'would_allow',
} as const satisfies Record<string, AttemptKind>;

const instant = z.iso.datetime().transform((text) => Date.parse(text));
const common = {
  event: z.enum(Object.keys(KINDS) as (keyof typeof KINDS)[]),
  maintenance_id: z.string().min(1),
  operation: z.string().min(1),
  client: z.string().min(1),
  calls: z.int().min(1).default(1),
  timestamp: instant,
  last_attempt: instant.optional(),
};
/** What the lines of a test run tell besides. */
const simulation = z.object({
  method: z.string().min(1).max(20),
  role: z.enum(ROLES),
  template: z.string().nullable(),
  endpoint: z.string(),
  operation: z.string(),
});
const line = z.union([
  z.object({ ...common, request_id: z.string().min(1) }),
  z.object({ ...common, summary_id: z.string().min(1) }),
]);

/** Reads the attempt that a line of the authorizer tells of; null when it tells of none. */
export function readAttempt(text: string): Attempt | null {
  const parsed = parsedOrNull(text);
  const { success, data } = line.safeParse(parsed);
  if (!success) return null;
  const simulated = simulatedIn(parsed);
  return {
    id: 'request_id' in data ? data.request_id : data.summary_id,
    maintenanceId: data.maintenance_id,
    kind: KINDS[data.event],
    operation: data.operation,
    client: data.client,
    calls: data.calls,
    at: data.timestamp,
    lastAt: data.last_attempt ?? data.timestamp,
    ...(simulated === null ? {} : { simulated }),
  };
}

/** Only where nobody knows what a request does, its path is worth keeping. */
function simulatedIn(parsed: unknown): Simulated | null {
  const { success, data } = simulation.safeParse(parsed);
  if (!success) return null;
  const { method, role, template, endpoint, operation } = data;
  return { method, role, template, path: template === null && operation === 'unknown' ? endpoint : null };
}

function parsedOrNull(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
