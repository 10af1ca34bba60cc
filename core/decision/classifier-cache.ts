import type { State } from '../state/state.ts';
import { BUILT_IN_RULES } from './built-in-rules.ts';
import { type Classify, classify, createClassifier } from './classify.ts';
import { isUsable } from './route-matcher.ts';
import type { Rule } from './rule.ts';

/** Sets of rules kept ready: the one in force, and the one before for decisions that are under way. */
const KEPT = 2;

/** Classifiers by the set of rules that a state names, made ready when a state is read. */
export class CatalogueCache {
  readonly #read: (name: string) => Promise<readonly Rule[]>;
  readonly #classifiers = new Map<string, Classify>();
  /** The sets that are to be read anew. Until they are, they decide as they were. */
  readonly #forgotten = new Set<string>();

  /** @param read reads the owner's rules by the name of their set */
  constructor(read: (name: string) => Promise<readonly Rule[]>) {
    this.#read = read;
  }

  /** Makes ready what `classifierOf` needs for this state. Rejects as `read` does. */
  async prepare(state: State): Promise<void> {
    const name = state.rules?.name;
    if (name === undefined || (this.#classifiers.has(name) && !this.#forgotten.has(name))) return;
    const own = (await this.#read(name)).filter(isUsable);
    this.#classifiers.set(name, createClassifier([own, BUILT_IN_RULES]));
    this.#forgotten.delete(name);
    for (const old of [...this.#classifiers.keys()].slice(0, -KEPT)) this.#classifiers.delete(old);
  }

  /** Has every set read anew with the next state that names it. */
  forget(): void {
    for (const name of this.#classifiers.keys()) this.#forgotten.add(name);
  }

  /** The classifier of a state that was made ready. */
  classifierOf(state: State): Classify {
    return (state.rules && this.#classifiers.get(state.rules.name)) ?? classify;
  }
}
