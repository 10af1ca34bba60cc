import { execFileSync } from 'node:child_process';
import path from 'node:path';
import { type LocalCloud, type SpawnOptions, startLocalCloud as start } from '../../local/spawn-local.ts';

export type { LocalCloud, LocalUser } from '../../local/spawn-local.ts';

/** How to start a local cloud in a test: without an assembly, with this project's. */
export type LocalCloudOptions = Partial<SpawnOptions>;

/** Starts a local cloud and waits until it is ready; fails with all that it said when it is not. */
export function startLocalCloud(options: LocalCloudOptions = {}): Promise<LocalCloud> {
  return start({ ...options, assembly: options.assembly ?? projectAssembly() });
}

/** The assembly of this project's stack; `npm test` has made it already. */
function projectAssembly(): string {
  if (process.env.LOCAL_ASSEMBLY) return process.env.LOCAL_ASSEMBLY;
  const script = path.resolve(import.meta.dirname, '../../scripts/synthesise.mjs');
  return execFileSync(process.execPath, [script], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'inherit'],
  }).trim();
}
