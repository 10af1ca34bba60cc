import { chmod, mkdir, readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { type Session, SessionStore } from '../../../../cli/sign-in/session-store.ts';
import { CliSandbox } from '../../../support/run-cli.ts';

const API = 'http://localhost:5000';
const session = (api: string): Session => ({
  api,
  issuer: 'http://localhost:9229/pool',
  clientId: 'client',
  username: 'alice',
  accessToken: 'access',
  refreshToken: 'refresh',
  expiresAt: 1_800_000_000_000,
});

describe('sign-ins are remembered', () => {
  let sandbox: CliSandbox;
  let store: SessionStore;

  beforeEach(async () => {
    sandbox = await CliSandbox.create();
    store = new SessionStore(sandbox);
  });
  afterEach(() => sandbox.remove());

  test('each API has its own, and forgetting one keeps the others', async () => {
    await store.save(session(API));
    await store.save(session('https://api.example.org/live'));

    expect(await store.forget(API)).toEqual(session(API));

    expect(await store.find(API)).toBeNull();
    expect(await store.find('https://api.example.org/live')).toEqual(session('https://api.example.org/live'));
    expect(await store.find('https://api.example.org/other')).toBeNull();
  });

  test('only their owner can read them, also where the directory was open before', async () => {
    await mkdir(sandbox.configuration, { recursive: true });
    await chmod(sandbox.configuration, 0o755);

    await store.save(session(API));
    await store.rememberLastApi(API);

    expect(await modeOf(sandbox.configuration)).toBe(0o700);
    const files = await readdir(sandbox.configuration);
    expect(files).toHaveLength(2);
    for (const file of files) expect(await modeOf(join(sandbox.configuration, file))).toBe(0o600);
  });

  test('many written at once are all there, whole, with nothing left over', async () => {
    const apis = Array.from({ length: 20 }, (_, index) => `http://localhost:${5000 + index}`);

    await Promise.all(apis.flatMap((api) => [store.save(session(api)), store.save(session(api))]));

    expect(await Promise.all(apis.map((api) => store.find(api)))).toEqual(apis.map(session));
    expect(await readdir(sandbox.configuration)).toHaveLength(20);
  });

  test('a damaged file counts as no sign-in', async () => {
    await store.save(session(API));
    const [file = ''] = await readdir(sandbox.configuration);
    const path = join(sandbox.configuration, file);
    const whole = await readFile(path, 'utf8');

    for (const damaged of ['', whole.slice(0, 40), '[]', '{"api":"http://localhost:5000"}']) {
      await writeFile(path, damaged);
      expect(await store.find(API)).toBeNull();
    }
  });

  test('a directory that cannot be written to is named, with the way out', async () => {
    await writeFile(join(sandbox.home, 'file'), '');
    const blocked = new SessionStore({ env: { XDG_CONFIG_HOME: join(sandbox.home, 'file') } });

    await expect(blocked.save(session(API))).rejects.toMatchObject({
      message: expect.stringContaining(join(sandbox.home, 'file', 'maintenance')),
      complaint: { exitCode: 1, remedy: expect.stringContaining('XDG_CONFIG_HOME') },
    });
  });

  test('a directory that a file system takes none of is named too, at once', async () => {
    const blocked = new SessionStore({ env: { XDG_CONFIG_HOME: '/proc/x/y' } });

    await expect(blocked.save(session(API))).rejects.toMatchObject({
      message: expect.stringContaining('/proc/x/y/maintenance'),
      complaint: { exitCode: 1 },
    });
  });

  test('a relative directory is refused', () => {
    expect(() => new SessionStore({ env: { XDG_CONFIG_HOME: 'relative' } })).toThrow(
      expect.objectContaining({ complaint: expect.objectContaining({ exitCode: 2 }) }),
    );
  });

  test('without XDG_CONFIG_HOME they are in ~/.config', async () => {
    await new SessionStore({ env: { HOME: sandbox.home } }).rememberLastApi(API);

    expect(await readdir(join(sandbox.home, '.config', 'maintenance'))).toEqual(['last-api']);
  });
});

async function modeOf(path: string): Promise<number> {
  return (await stat(path)).mode & 0o777;
}
