import { execFileSync } from 'node:child_process';
import path from 'node:path';
import { type LocalCloud, type SpawnOptions, startLocalCloud as start } from '../../local/spawn-local.ts';

export type { LocalCloud } from '../../local/spawn-local.ts';

/** How to start a local cloud in a test: without an assembly, with this project's. */
export interface LocalCloudOptions extends Partial<SpawnOptions> {
  /** Of the stack, where there is no assembly; the app's own default without one. */
  readonly profile?: 'smallest' | 'essential';
}

/** Starts a local cloud and waits until it is ready; fails with all that it said when it is not. */
export function startLocalCloud({ profile, ...options }: LocalCloudOptions = {}): Promise<LocalCloud> {
  // What nobody keeps needn't go to disk, which takes much of a local cloud's time.
  const args = options.data === undefined ? ['--memory', ...(options.args ?? [])] : (options.args ?? []);
  return start({ ...options, args, assembly: options.assembly ?? projectAssembly(profile) });
}

/** The assembly of this project's stack; `npm test` has made that of the default already. */
function projectAssembly(profile?: string): string {
  if (profile === undefined && process.env.LOCAL_ASSEMBLY) return process.env.LOCAL_ASSEMBLY;
  const script = path.resolve(import.meta.dirname, '../../scripts/synthesise.mjs');
  return execFileSync(process.execPath, [script, ...(profile === undefined ? [] : [profile])], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'inherit'],
  }).trim();
}
