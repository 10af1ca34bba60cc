import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

const project = path.resolve(import.meta.dirname, '../..');

/** A synthesised stack with its bundled functions, and how to be rid of it. */
export interface Assembly {
  readonly directory: string;
  remove(): void;
}

/**
 * Synthesises this project's app as the CDK's command line does, for a local cloud with other options than usual.
 * Options that are objects are written to a file, whose name they stand for.
 *
 * @example synthesiseAssembly({ callers: { anonymous: { rateLimit: 1, burstLimit: 5 } } })
 */
export function synthesiseAssembly(options: Readonly<Record<string, string | object>>): Assembly {
  const root = mkdtempSync(path.join(tmpdir(), 'assembly-'));
  const remove = () => rmSync(root, { recursive: true, force: true });
  const inFile = (name: string, value: object): string => {
    const file = path.join(root, `${name}.json`);
    writeFileSync(file, JSON.stringify(value));
    return file;
  };
  const given = Object.entries(options).map(([name, value]) => [
    name,
    typeof value === 'string' ? value : inFile(name, value),
  ]);
  const { context } = JSON.parse(readFileSync(path.join(project, 'cdk.json'), 'utf8'));
  const directory = path.join(root, 'cdk.out');
  const { status, stdout, stderr } = spawnSync(process.execPath, ['bin/app.ts'], {
    cwd: project,
    encoding: 'utf8',
    env: {
      ...process.env,
      CDK_OUTDIR: directory,
      CDK_CONTEXT_JSON: JSON.stringify({
        ...context,
        origin: 'https://origin.test',
        ...Object.fromEntries(given),
      }),
    },
  });
  if (status !== 0) {
    remove();
    throw new Error(`The stack could not be synthesised:\n${stdout}${stderr}`);
  }
  return { directory, remove };
}
