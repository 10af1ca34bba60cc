import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import path from 'node:path';

type Node = Record<string, unknown>;

/**
 * What cognito-local keeps its data in: one JSON document in a file. Its own store writes the file without waiting
 * for the write before, so that two changes at once can leave half a document.
 */
class JsonStore {
  readonly #file: string;
  readonly #root: Node;

  constructor(file: string, defaults: object) {
    this.#file = file;
    this.#root = existsSync(file)
      ? (JSON.parse(readFileSync(file, 'utf8'), reviveDate) as Node)
      : structuredClone(defaults as Node);
    this.#save();
  }

  async getRoot(_context: object): Promise<Node> {
    return this.#root;
  }

  async get(_context: object, key: string | readonly string[], otherwise?: unknown): Promise<unknown> {
    const found = [key].flat().reduce<unknown>((node, name) => child(node, name), this.#root);
    return structuredClone(found) ?? otherwise ?? null;
  }

  async set(_context: object, key: string | readonly string[], value: unknown): Promise<void> {
    const { parent, name } = this.#place(key);
    Object.defineProperty(parent, name, {
      value: structuredClone(value),
      enumerable: true,
      configurable: true,
      writable: true,
    });
    this.#save();
  }

  async delete(_context: object, key: string | readonly string[]): Promise<void> {
    const { parent, name } = this.#place(key);
    delete parent[name];
    this.#save();
  }

  #place(key: string | readonly string[]): { parent: Node; name: string } {
    const names = [key].flat();
    const name = names.pop() ?? '';
    let parent = this.#root;
    for (const step of names) {
      const next = child(parent, step) ?? {};
      if (!Object.hasOwn(parent, step)) parent[step] = next;
      parent = next as Node;
    }
    return { parent, name };
  }

  #save(): void {
    writeFileSync(`${this.#file}.new`, JSON.stringify(this.#root, null, 2), { mode: 0o600 });
    renameSync(`${this.#file}.new`, this.#file);
  }
}

/** Makes the stores of a folder, one file each. */
export class JsonStores {
  readonly #folder: string;

  constructor(folder: string) {
    this.#folder = folder;
  }

  async create(_context: object, id: string, defaults: object): Promise<JsonStore> {
    return new JsonStore(path.join(this.#folder, `${id}.json`), defaults);
  }
}

const child = (node: unknown, name: string): unknown =>
  typeof node === 'object' && node !== null && Object.hasOwn(node, name) ? (node as Node)[name] : undefined;

const reviveDate = (key: string, value: unknown): unknown =>
  key.endsWith('Date') && typeof value === 'string' ? new Date(value) : value;
