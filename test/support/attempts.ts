import { createHash } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { ATTEMPT_KINDS, type Attempt } from '../../core/attempts/attempt.ts';
import type { Simulated } from '../../core/attempts/test-record.ts';
import type { AttemptTotals, Fingerprint } from '../../core/attempts/totals.ts';
import { ROLES } from '../../core/state/principal.ts';
import type { LogsEvent } from '../../lambdas/tally/read-batch.ts';
import { NOW } from './examples.ts';

export const fingerprintOf: Fingerprint = (text) =>
  createHash('sha256').update(text).digest('hex').slice(0, 16);

export function attempt(own: Partial<Attempt> = {}): Attempt {
  const at = own.at ?? NOW;
  return {
    id: 'request-1',
    maintenanceId: 'm-1',
    kind: 'blocked',
    operation: 'caption_generation',
    client: 'mia',
    calls: 1,
    at,
    lastAt: at,
    ...own,
  };
}

/** So many blocked calls, each by one of so many clients in turn. */
export function blockedCalls(calls: number, clients: number): Attempt[] {
  return Array.from({ length: calls }, (_, index) =>
    attempt({ id: `request-${index}`, client: `client-${index % clients}`, at: NOW + index }),
  );
}

const someSimulated: fc.Arbitrary<Simulated> = fc.record({
  method: fc.constantFrom('GET', 'POST'),
  role: fc.constantFrom(...ROLES),
  template: fc.constantFrom('/start_caption_generation', null),
  path: fc.constantFrom('/no-rule-covers-this', null),
});

/** Attempts with ids of their own, of few clients, types and maintenances. */
export const someAttempts: fc.Arbitrary<Attempt[]> = fc.uniqueArray(
  fc
    .record({
      id: fc.uuid(),
      maintenanceId: fc.constantFrom('m-1', 'm-2'),
      kind: fc.constantFrom(...ATTEMPT_KINDS),
      operation: fc.constantFrom('caption_generation', 'unknown', '__proto__'),
      client: fc.constantFrom('a', 'b', 'c', 'd'),
      calls: fc.integer({ min: 1, max: 5 }),
      at: fc.integer({ min: NOW, max: NOW + 3_600_000 }),
    })
    .chain((own) =>
      own.kind.startsWith('would_')
        ? someSimulated.map((simulated) => ({ ...own, simulated }))
        : fc.constant(own),
    )
    .map((own) => attempt(own)),
  { selector: ({ id }) => id, maxLength: 40 },
);

/** How things come: cut into portions, in any order, some of them again and again. */
export function deliveries<T>(things: readonly T[]): fc.Arbitrary<T[][]> {
  if (things.length === 0) return fc.constant([]);
  const again = fc.array(fc.constantFrom(...things), { maxLength: 20 });
  const inOrder = again.chain((more) => {
    const all = [...things, ...more];
    return fc.shuffledSubarray(all, { minLength: all.length });
  });
  return inOrder.chain((all) =>
    fc
      .array(fc.integer({ min: 1, max: 10 }), { minLength: all.length, maxLength: all.length })
      .map((sizes) => {
        const portions: T[][] = [];
        for (let from = 0, index = 0; from < all.length; from += sizes[index - 1] ?? 1) {
          portions.push(all.slice(from, from + (sizes[index++] ?? 1)));
        }
        return portions;
      }),
  );
}

/** Totals as plain values, to compare and to read. */
export function plain({ counts, clients }: AttemptTotals) {
  const calls = (kind: keyof typeof counts) =>
    Object.fromEntries([...counts[kind]].sort(([one], [other]) => (one < other ? -1 : 1)));
  return {
    blocked: calls('blocked'),
    bypassed: calls('bypassed'),
    would_block: calls('would_block'),
    would_allow: calls('would_allow'),
    clients,
  };
}

/** A batch as CloudWatch Logs hands it over. */
export function logsEvent(lines: readonly string[], own: Record<string, unknown> = {}): LogsEvent {
  const batch = {
    messageType: 'DATA_MESSAGE',
    owner: '123456789012',
    logGroup: '/aws/lambda/authorizer',
    logStream: '2026/01/15/[$LATEST]abc',
    subscriptionFilters: ['attempts'],
    logEvents: lines.map((message, index) => ({ id: String(index), timestamp: NOW, message })),
    ...own,
  };
  return { awslogs: { data: gzipSync(JSON.stringify(batch)).toString('base64') } };
}
