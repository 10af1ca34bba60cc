import { changeItem } from '../change-item.ts';
import type { VersionedItem } from '../versioned-item.ts';

/**
 * What brings new work by itself and can be kept from it for a time, such as the event source mappings of functions.
 * Calls are safe to repeat. Every method rejects when its service gives no good answer.
 */
export interface PausableKind {
  /** Unique among kinds, and stable: it is kept in the record. */
  readonly name: string;
  /** What is to be paused, by configuration. */
  readonly ids: readonly string[];
  /** `busy`: it is changing at the moment, and takes no other change. `gone`: it has been deleted. */
  look(id: string): Promise<'enabled' | 'paused' | 'busy' | 'gone'>;
  /** Resolves once the change has been accepted; where it is gone, that is no error. */
  set(id: string, to: 'enabled' | 'paused'): Promise<void>;
}

/** Something that maintenance has paused, or is about to. */
interface Pause {
  readonly kind: string;
  readonly id: string;
  /** What it was before anybody paused it, and is set back to. */
  readonly former: 'enabled' | 'paused';
}

export interface PauseRecord {
  readonly pauses: readonly Pause[];
  /** The maintenance that paused last: whose drain sets all of it back. Null before the first. */
  readonly maintenanceId: string | null;
}

export const NO_PAUSES: PauseRecord = { pauses: [], maintenanceId: null };

export interface PauseParts {
  readonly kinds: readonly PausableKind[];
  readonly record: VersionedItem<PauseRecord>;
}

/** What failures to pause are told under: each kind of what is paused, and the pauses as a whole. */
export const PAUSE_FAILURES: readonly string[] = ['pause', 'event_source_mapping'];

/** What became of pausing or setting back: how many are as they should be, and which are not yet, and why. */
interface PauseOutcome {
  readonly done: number;
  readonly failed: readonly { readonly kind: string; readonly id: string; readonly reason: string }[];
}

/** More changes than this to the record by others, while one is made, mean that something is wrong. */
const MAX_TRIES = 10;

/**
 * Pauses all that is configured. What each one was is written down before it is touched, and never again after that:
 * whoever is killed in between leaves behind what is needed to set it back. It is written once more afterwards, so that
 * an execution that is setting things back at the same time has to look again. Rejects with StoreUnavailableError.
 */
export async function pauseAll({ kinds, record }: PauseParts, maintenanceId: string): Promise<PauseOutcome> {
  const outcome = new Outcome();
  const known = (await record.read()).entry.pauses;
  for (const kind of kinds) {
    for (const id of kind.ids) {
      await outcome.of(kind.name, id, async () => {
        const seen = await kind.look(id);
        const noted = known.find((pause) => isOf(pause, kind.name, id));
        if (seen === 'gone' || (seen === 'paused' && noted !== undefined)) return;
        if (seen === 'busy' && noted === undefined) throw new Error('It is changing at the moment.');
        const pause = noted ?? { kind: kind.name, id, former: seen === 'paused' ? 'paused' : 'enabled' };
        await note(record, pause, maintenanceId);
        if (seen === 'paused') return;
        await kind.set(id, 'paused');
        await note(record, pause, maintenanceId);
      });
    }
  }
  return outcome.all();
}

/** Writes a pause down. What something was before stays as it was written first. */
async function note(record: VersionedItem<PauseRecord>, pause: Pause, maintenanceId: string): Promise<void> {
  await change(record, ({ pauses }) => ({
    maintenanceId,
    pauses: pauses.some((other) => isOf(other, pause.kind, pause.id)) ? pauses : [...pauses, pause],
  }));
}

/**
 * Sets back all that is paused, also what is not configured any more, to what it was before. What is set back is taken
 * off the record only then, and only where nobody has written to it meanwhile: it may have been paused again. Rejects
 * with StoreUnavailableError.
 */
export async function restoreAll({ kinds, record }: PauseParts): Promise<PauseOutcome> {
  const outcome = new Outcome();
  const { pauses } = (await record.read()).entry;
  for (const { kind: name, id, former } of pauses) {
    await outcome.of(name, id, async () => {
      const kind = kinds.find((candidate) => candidate.name === name);
      if (kind === undefined) throw new Error(`Nothing here knows how to set back a ${name}.`);
      await change(record, async (entry) => {
        // Whatever it shows: a pause that was accepted a moment ago may not show yet. What was paused was not touched.
        if (former === 'enabled' && entry.pauses.some((pause) => isOf(pause, name, id)))
          await kind.set(id, 'enabled');
        return { ...entry, pauses: entry.pauses.filter((pause) => !isOf(pause, name, id)) };
      });
    });
  }
  return outcome.all();
}

function isOf(pause: Pause, kind: string, id: string): boolean {
  return pause.kind === kind && pause.id === id;
}

/** @param to is asked again whenever somebody else has written meanwhile */
async function change(
  record: VersionedItem<PauseRecord>,
  to: (entry: PauseRecord) => PauseRecord | Promise<PauseRecord>,
): Promise<void> {
  if (await changeItem(record, to, MAX_TRIES)) return;
  throw new Error('The list of what is paused changes faster than it can be written.');
}

/** One that fails does not keep the others from it. */
class Outcome {
  #done = 0;
  readonly #failed: { kind: string; id: string; reason: string }[] = [];

  async of(kind: string, id: string, work: () => Promise<void>): Promise<void> {
    try {
      await work();
      this.#done += 1;
    } catch (error) {
      this.#failed.push({ kind, id, reason: reasonOf(error) });
    }
  }

  all(): PauseOutcome {
    return { done: this.#done, failed: this.#failed };
  }
}

/** The text of whatever was thrown. */
export function reasonOf(error: unknown): string {
  return error instanceof Error ? `${error.name}: ${error.message}` : String(error);
}
