import type { Window, WindowStore } from '../../core/windows/window.ts';

/** Sets of windows in memory, named like those in the table by what they hold. */
export class InMemoryWindowStore implements WindowStore {
  readonly #sets = new Map<string, readonly Window[]>();

  async read(name: string | null): Promise<readonly Window[]> {
    if (name === null) return [];
    const windows = this.#sets.get(name);
    if (windows === undefined) throw new Error(`There is no set of windows ${name}.`);
    return windows;
  }

  /** A name is as short as the real one: what a state holds is limited. */
  async write(windows: readonly Window[]): Promise<string> {
    const text = JSON.stringify(windows);
    const known = [...this.#sets].find(([, set]) => JSON.stringify(set) === text)?.[0];
    const name = known ?? String(this.#sets.size + 1).padStart(64, '0');
    this.#sets.set(name, windows);
    return name;
  }
}
