import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { z } from 'zod';
import type { Window, WindowStore } from '../../core/windows/window.ts';
import { NamedSets } from '../state/named-sets.ts';

const instant = z.number().int();

const windowSet = z.array(
  z.object({
    id: z.string(),
    reason: z.string(),
    startsAt: instant,
    length: z.number().int(),
    mode: z.enum(['normal', 'test']),
    autoEnd: z.boolean(),
    blockedOperations: z.array(z.string()).nullable(),
    rrule: z.string().nullable(),
    timezone: z.string(),
    skipped: z.array(instant).optional(),
    scheduledAt: instant,
    scheduledBy: z.string(),
  }),
);

/** Sets of the owner's windows in the state table. */
export class DynamoDbWindowStore implements WindowStore {
  readonly #sets: NamedSets<Window>;

  constructor(options: { client: DynamoDBClient; table: string; scope: string }) {
    this.#sets = new NamedSets({ ...options, of: 'windows', schema: windowSet });
  }

  async read(name: string | null): Promise<readonly Window[]> {
    return name === null ? [] : this.#sets.read(name);
  }

  write(windows: readonly Window[]): Promise<string> {
    return this.#sets.write(windows);
  }
}
