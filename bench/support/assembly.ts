import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { PROJECT } from './fixtures.ts';

/**
 * The stack as the local cloud runs it, with a stage that does not throttle: what is measured would meet that limit.
 * Made once in `folder`; returns the assembly's own folder.
 */
export function assemblyIn(folder: string): string {
  const output = join(folder, 'assembly');
  if (!existsSync(join(output, 'manifest.json'))) {
    synthesiseInto(output, { rateLimit: '100000', burstLimit: '100000' });
  }
  return output;
}

/** Synthesises the stack, every bundle made anew. */
export function synthesiseInto(output: string, options: Readonly<Record<string, string>> = {}): void {
  mkdirSync(output, { recursive: true });
  const { context } = JSON.parse(readFileSync(join(PROJECT, 'cdk.json'), 'utf8'));
  const { status, stderr } = spawnSync(process.execPath, ['bin/app.ts'], {
    cwd: PROJECT,
    encoding: 'utf8',
    env: {
      ...process.env,
      CDK_OUTDIR: output,
      CDK_CONTEXT_JSON: JSON.stringify({ ...context, origin: 'https://origin.test', ...options }),
    },
  });
  if (status !== 0) throw new Error(`The stack could not be synthesised:\n${stderr}`);
}
