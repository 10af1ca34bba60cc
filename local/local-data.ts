import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';

/** Ports that the parts of a local cloud had at its last start. */
export interface Ports {
  readonly aws: number;
  readonly redis: number;
  readonly origin: number;
}

/** Thrown when another process works with the folder. */
export class FolderInUse extends Error {
  override readonly name = 'FolderInUse';

  constructor(folder: string, pid: number) {
    super(`A local cloud already runs with the data in ${folder} (process ${pid}).`);
  }
}

/** The folder in which a local cloud keeps its state from one start to the next; for one process at a time. */
export class LocalData {
  readonly folder: string;
  readonly #lock: string;
  readonly #ports: string;

  /**
   * Takes the folder.
   *
   * @param options.fresh whether to forget what was kept
   * @param options.memory whether the tables are in memory only: what else is kept doesn't outlive them
   * @throws FolderInUse
   */
  constructor(folder: string, options: { fresh: boolean; memory: boolean }) {
    this.folder = folder;
    this.#lock = path.join(folder, 'pid');
    this.#ports = path.join(folder, 'ports.json');
    const holder = existsSync(this.#lock) ? Number(readFileSync(this.#lock, 'utf8')) : 0;
    if (holder > 0 && isRunning(holder)) throw new FolderInUse(folder, holder);
    const withoutTables = path.join(folder, 'without-tables');
    const forgets = options.fresh || options.memory || existsSync(withoutTables);
    if (forgets) rmSync(folder, { recursive: true, force: true });
    mkdirSync(folder, { recursive: true });
    if (options.memory) writeFileSync(withoutTables, '');
    writeFileSync(this.#lock, String(process.pid));
  }

  /** The ports of the last start; 0 for those of the first. */
  ports(): Ports {
    const none = { aws: 0, redis: 0, origin: 0 };
    return existsSync(this.#ports) ? { ...none, ...JSON.parse(readFileSync(this.#ports, 'utf8')) } : none;
  }

  rememberPorts(ports: Ports): void {
    writeFileSync(this.#ports, JSON.stringify(ports));
  }

  /** Lets go of the folder. */
  release(): void {
    rmSync(this.#lock, { force: true });
  }
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return pid !== process.pid;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
