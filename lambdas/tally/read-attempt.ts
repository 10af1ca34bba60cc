import { z } from 'zod';
import type { Attempt, AttemptKind } from '../../core/attempt.ts';

/** Which of the authorizer's lines are attempts; the subscription filter lets these through and no other. */
const KINDS = {
  operation_blocked: 'blocked',
  admin_bypass: 'bypassed',
  would_block: 'would_block',
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
const line = z.union([
  z.object({ ...common, request_id: z.string().min(1) }),
  z.object({ ...common, summary_id: z.string().min(1) }),
]);

/** Reads the attempt that a line of the authorizer tells of; null when it tells of none. */
export function readAttempt(text: string): Attempt | null {
  const { success, data } = line.safeParse(parsedOrNull(text));
  if (!success) return null;
  return {
    id: 'request_id' in data ? data.request_id : data.summary_id,
    maintenanceId: data.maintenance_id,
    kind: KINDS[data.event],
    operation: data.operation,
    client: data.client,
    calls: data.calls,
    at: data.timestamp,
    lastAt: data.last_attempt ?? data.timestamp,
  };
}

function parsedOrNull(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
