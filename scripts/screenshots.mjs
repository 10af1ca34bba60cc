/** `npm run screenshots`: makes the pictures of docs/console.md anew, from the running system. */
import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { NODE, PROJECT, setup, setupBrowser } from './setup.mjs';
import { synthesise } from './synthesise.mjs';

const env = setupBrowser(setup());
env.LOCAL_ASSEMBLY = synthesise();
const script = path.join(PROJECT, 'test/support/make-screenshots.ts');
process.exit(spawnSync(NODE, [script], { cwd: PROJECT, env, stdio: 'inherit' }).status ?? 1);
