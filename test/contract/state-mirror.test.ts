import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { RedisConnection } from '../../adapters/redis/redis-connection.ts';
import { RedisStateMirror } from '../../adapters/state/state-mirror.ts';
import { SessionStoreUnavailableError } from '../../core/errors.ts';
import { mirrorKey } from '../../core/identity/session.ts';
import { state as anyState } from '../support/arbitraries.ts';
import { NOW, normalMaintenance, stateWith } from '../support/examples.ts';
import { RedisServers } from '../support/redis-server.ts';

const SCOPE = 'default';
const KEY = mirrorKey(SCOPE);

let servers: RedisServers;
let redis: RedisConnection;
let corrupt: Error[];

beforeAll(async () => {
  servers = await RedisServers.start({ masters: 1 });
  redis = new RedisConnection(servers.settings, { commandTimeout: 1000, connectTimeout: 1000 });
});
beforeEach(async () => {
  corrupt = [];
  await servers.client.del(KEY);
});
afterAll(async () => {
  redis.close();
  await servers.close();
});

const mirrorOf = (scope = SCOPE): RedisStateMirror =>
  new RedisStateMirror(redis, scope, { now: () => NOW, onCorrupt: (error) => corrupt.push(error) });

describe('The copy of the state in Redis', () => {
  test('is none at first', async () => {
    expect(await mirrorOf().read()).toBeNull();
    expect(corrupt).toEqual([]);
  });

  test('is what was kept, whatever the state', async () => {
    await fc.assert(
      fc.asyncProperty(anyState, async (state) => {
        await servers.client.del(KEY);
        expect(await mirrorOf().keep(state)).toBe(true);
        expect(await mirrorOf().read()).toEqual(state);
        expect(await servers.client.hget(KEY, 'at')).toBe(String(NOW));
      }),
      { numRuns: 50 },
    );
    expect(corrupt).toEqual([]);
  });

  test('is the newest, in whatever order states come, and several at once', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.nat(30), { minLength: 1, maxLength: 20 }), async (versions) => {
        await servers.client.del(KEY);
        await Promise.all(versions.map((version) => mirrorOf().keep(stateWith(null, version))));
        expect((await mirrorOf().read())?.version).toBe(Math.max(...versions));
      }),
      { numRuns: 50 },
    );
  });

  test('does not change for a state as old or older', async () => {
    expect(await mirrorOf().keep(stateWith(normalMaintenance(), 10))).toBe(true);
    for (const version of [0, 9, 10]) expect(await mirrorOf().keep(stateWith(null, version))).toBe(false);
    expect(await mirrorOf().read()).toEqual(stateWith(normalMaintenance(), 10));
  });

  describe('follows the log', () => {
    test.each([
      ['there is none', null],
      ['it is older', stateWith(normalMaintenance(), 3)],
      ['it is the same', stateWith(null, 5)],
      ['it is newer: of a log that is no more', stateWith(normalMaintenance(), 40)],
      ['it has the same number, and is of another log', stateWith(normalMaintenance(), 5)],
    ])('where %s', async (_what, copy) => {
      if (copy !== null) await mirrorOf().keep(copy);
      await mirrorOf().keepKeys('{"keys":[]}');
      await mirrorOf().follow(async () => stateWith(null, 5));
      expect(await mirrorOf().read()).toEqual(stateWith(null, 5));
      expect(await mirrorOf().readKeys()).toBe('{"keys":[]}');
    });

    test('and leaves what became newer while the log was read', async () => {
      await mirrorOf().keep(stateWith(normalMaintenance(), 40));
      await mirrorOf().follow(async () => {
        await mirrorOf().keep(stateWith(null, 41));
        return stateWith(null, 5);
      });
      expect(await mirrorOf().read()).toEqual(stateWith(null, 41));
    });

    test('and stays where the log cannot be read', async () => {
      await mirrorOf().keep(stateWith(normalMaintenance(), 40));
      const down = new Error('down');
      await expect(mirrorOf().follow(() => Promise.reject(down))).rejects.toBe(down);
      expect((await mirrorOf().read())?.version).toBe(40);
    });
  });

  test('is kept apart by scope', async () => {
    await mirrorOf().keep(stateWith(null, 1));
    expect(await mirrorOf('other').read()).toBeNull();
  });

  test.each([
    ['of another version', { version: '2', state: JSON.stringify(stateWith(null, 1)) }],
    ['no JSON', { version: '1', state: '{' }],
    ['no state', { version: '1', state: '{"version": 1}' }],
    [
      'of a mode that there is not',
      {
        version: '1',
        state: '{"version":1,"maintenance":{"mode":"off"},"rules":null,"sessionsInvalidBefore":null}',
      },
    ],
    ['without its version', { state: JSON.stringify(stateWith(null, 1)) }],
    ['without its state', { version: '1' }],
    ['of no number', { version: 'x', state: JSON.stringify(stateWith(null, 1)) }],
  ])('that is %s is none, and is told of', async (_, fields) => {
    await servers.client.hset(KEY, fields);
    expect(await mirrorOf().read()).toBeNull();
    expect(corrupt).toHaveLength(1);
    expect(corrupt[0]?.cause).toBeInstanceOf(Error);
    await mirrorOf().keep(stateWith(null, 3));
    expect(await mirrorOf().read()).toEqual(stateWith(null, 3));
  });

  test('takes the place of anything else under its key', async () => {
    await servers.client.set(KEY, 'somebody else');
    expect(await mirrorOf().read()).toBeNull();
    expect(corrupt).toHaveLength(1);
    expect(await mirrorOf().keep(stateWith(null, 1))).toBe(true);
    expect(await mirrorOf().read()).toEqual(stateWith(null, 1));
  });

  test('is unavailable while Redis is', async () => {
    await servers.stop();
    await expect(mirrorOf().read()).rejects.toThrow(SessionStoreUnavailableError);
    await expect(mirrorOf().keep(stateWith(null, 1))).rejects.toThrow(SessionStoreUnavailableError);
    await servers.startAgain();
  });
});

describe('The keys beside the copy', () => {
  const JWKS = JSON.stringify({ keys: [{ kty: 'RSA', kid: 'k', n: 'n', e: 'AQAB' }] });

  test('are none at first, and then the last that were kept', async () => {
    expect(await mirrorOf().readKeys()).toBeNull();
    await mirrorOf().keepKeys('{"keys":[]}');
    await mirrorOf().keepKeys(JWKS);
    expect(await mirrorOf().readKeys()).toBe(JWKS);
  });

  test('and the state leave each other alone', async () => {
    await mirrorOf().keepKeys(JWKS);
    expect(await mirrorOf().read()).toBeNull();
    await mirrorOf().keep(stateWith(null, 3));
    expect([await mirrorOf().readKeys(), (await mirrorOf().read())?.version]).toEqual([JWKS, 3]);
    expect(corrupt).toEqual([]);
  });

  test('are none where something else is', async () => {
    await servers.client.set(KEY, 'no hash');
    expect(await mirrorOf().readKeys()).toBeNull();
  });
});
