import type { DynamoDbReads } from '../../adapters/lean/dynamodb-over-https.ts';
import type { KeptKeys } from '../../adapters/lean/kept-keys.ts';
import { readState } from '../../adapters/lean/read-state.ts';
import type { CatalogueCache } from '../../core/decision/classifier-cache.ts';
import { nextOccurrence } from '../../core/state/schedule.ts';
import type { State } from '../../core/state/state.ts';
import type { GateRedis } from './lazy-redis.ts';

interface StateReadParts {
  readonly reads: DynamoDbReads;
  readonly table: string;
  readonly scope: string;
  readonly keys: KeptKeys;
  readonly catalogue: CatalogueCache;
  /** Shown every state that is read, before anything is made of it. */
  readonly follow: (state: State) => void;
}

/**
 * Reads the newest state, with the rules that it names made ready: both are in force at the same instant. Under
 * maintenance, or with one to come by the clock, the issuer's keys are fetched by the way, for the first admin to come.
 */
export async function readStateAndRules(parts: StateReadParts): Promise<State> {
  const { reads, table, scope, keys, catalogue, follow } = parts;
  const state = await readState(reads, table, scope);
  follow(state);
  if (state.maintenance !== null || nextOccurrence(state.windows) !== null) keys.prepare();
  await catalogue.prepare(state);
  return state;
}

/**
 * Reads the copy of the state, with the keys to know its admins by. It says which rules are in force, and not what they
 * are: until they are known, the built-in ones decide.
 */
export async function readCopy(
  { keys, catalogue }: Pick<StateReadParts, 'keys' | 'catalogue'>,
  { mirror }: Pick<GateRedis, 'mirror'>,
): Promise<State | null> {
  const [state] = await Promise.all([mirror.read(), keys.take(() => mirror.readKeys())]);
  if (state !== null) catalogue.prepare(state).catch(() => {});
  return state;
}
