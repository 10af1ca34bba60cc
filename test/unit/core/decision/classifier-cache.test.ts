import { describe, expect, test } from '@jest/globals';
import { CatalogueCache } from '../../../../core/decision/classifier-cache.ts';
import { INITIAL_STATE, type State } from '../../../../core/state/state.ts';

const naming = (name: string | null): State => ({
  ...INITIAL_STATE,
  rules: name === null ? null : { name, operations: [] },
});

function cacheOf(read: string[] = []) {
  const cache = new CatalogueCache(async (name) => {
    read.push(name);
    return [{ method: 'POST', path: '/x', operation: `of_${name}` }];
  });
  const operationOf = (name: string | null) => cache.classifierOf(naming(name))('POST', '/x').operation;
  return { cache, operationOf };
}

describe('rules by the state that names them', () => {
  test('each state is decided by its own rules, also the one before', async () => {
    const { cache, operationOf } = cacheOf();
    await cache.prepare(naming('a'));
    await cache.prepare(naming('b'));
    expect([operationOf('a'), operationOf('b'), operationOf(null)]).toEqual(['of_a', 'of_b', 'unknown']);
  });

  test('are read once while they stay', async () => {
    const read: string[] = [];
    const { cache } = cacheOf(read);
    for (const name of ['a', 'a', null, 'a', 'b', 'b']) await cache.prepare(naming(name));
    expect(read).toEqual(['a', 'b']);
  });

  test('are read anew once they are to be forgotten, and decide as they were until then', async () => {
    const read: string[] = [];
    const { cache, operationOf } = cacheOf(read);
    await cache.prepare(naming('a'));
    cache.forget();
    expect(operationOf('a')).toBe('of_a');
    for (let times = 0; times < 2; times += 1) await cache.prepare(naming('a'));
    expect(read).toEqual(['a', 'a']);
  });

  test('that cannot be read fail the reading of the state, which is then kept as it was', async () => {
    const cache = new CatalogueCache(() => Promise.reject(new Error('down')));
    await expect(cache.prepare(naming('a'))).rejects.toThrow('down');
    await expect(cache.prepare(naming(null))).resolves.toBeUndefined();
  });
});
