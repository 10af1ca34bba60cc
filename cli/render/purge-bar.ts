import type { Io } from '../io.ts';
import { type JsonObject, numberOf } from '../json-object.ts';

/** Shows how far a purge has come. */
interface PurgeBar {
  show(purge: JsonObject): void;
  stop(): void;
}

const NO_BAR: PurgeBar = { show: () => {}, stop: () => {} };

/** A bar on standard error where that is a terminal, and nothing at all elsewhere. */
export async function openPurgeBar({ stderr }: Io, { json }: { readonly json?: true }): Promise<PurgeBar> {
  if (stderr.isTTY !== true || json) return NO_BAR;
  const { SingleBar } = (await import('cli-progress')).default;
  const bar = new SingleBar({
    stream: stderr,
    format: '[{bar}] {percentage} %, pass {pass}: {scanned} looked at, {deleted} deleted, {kept} kept',
    barCompleteChar: '#',
    barIncompleteChar: '-',
    // Ctrl-C ends the command, not just the bar, and leaves the terminal as it was.
    gracefulExit: false,
    linewrap: true,
  });
  bar.start(100, 0, { pass: 1, scanned: 0, deleted: 0, kept: 0 });
  return {
    show: (purge) => {
      const counts = ['pass', 'scanned', 'deleted', 'kept'].map((name) => [name, numberOf(purge[name]) ?? 0]);
      const progress = purge.status === 'completed' ? 1 : (numberOf(purge.progress) ?? 0);
      bar.update(Math.floor(progress * 100), Object.fromEntries(counts));
    },
    stop: () => bar.stop(),
  };
}
