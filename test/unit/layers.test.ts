import { execFileSync } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { describe, expect, test } from '@jest/globals';

const root = join(import.meta.dirname, '../..');
const biome = join(root, 'node_modules/.bin/biome');

/** Lints one file as if it stood at `path` in the project; returns what Biome says. */
function lint(path: string, source: string): { ok: boolean; output: string } {
  const project = mkdtempSync(join(tmpdir(), 'layers-'));
  try {
    const settings = JSON.parse(readFileSync(join(root, 'biome.json'), 'utf8'));
    const { $schema, vcs, ...rest } = settings;
    writeFileSync(join(project, 'biome.json'), JSON.stringify({ ...rest, root: true }));
    mkdirSync(join(project, 'local'));
    copyFileSync(join(root, 'local/biome.json'), join(project, 'local/biome.json'));
    mkdirSync(dirname(join(project, path)), { recursive: true });
    writeFileSync(join(project, path), source);
    const output = execFileSync(biome, ['lint', '--max-diagnostics=10', path], {
      cwd: project,
      encoding: 'utf8',
      stdio: 'pipe',
    });
    return { ok: true, output };
  } catch (error) {
    const { stdout = '', stderr = '' } = error as { stdout?: string; stderr?: string };
    return { ok: false, output: `${stdout}${stderr}` };
  } finally {
    rmSync(project, { recursive: true, force: true });
  }
}

describe('dependencies point one way', () => {
  test.each([
    ['core/planted.ts', '../adapters/events/dynamodb-event-log.ts'],
    ['core/planted.ts', '@aws-sdk/client-dynamodb'],
    ['core/planted.ts', 'node:fs'],
    ['adapters/lean/planted.ts', '../../lambdas/control/index.ts'],
    ['adapters/planted.ts', 'aws-cdk-lib'],
    ['lambdas/control/planted.ts', '../../lib/maintenance-mode.ts'],
    ['cli/planted.ts', '../local/main.ts'],
    ['lib/planted.ts', '../lambdas/control/index.ts'],
    ['bin/planted.ts', '../adapters/lean/read-state.ts'],
    ['local/planted.ts', '../core/state.ts'],
    ['local/test/unit/planted.ts', '../../../test/support/windows.ts'],
    ['client/planted.ts', '../core/job.ts'],
    ['client/planted.ts', '@aws-sdk/client-dynamodb'],
    ['local/services/planted.ts', '../../lib/maintenance-mode.ts'],
    ['console/src/pages/planted.tsx', '../../../core/state.ts'],
    ['console/src/pages/planted.tsx', '../../../core/status/schemas.ts'],
    ['console/src/api/types.ts', '../../../core/status/status-view.ts'],
  ])('%s may not import %s', (path, imported) => {
    const { ok, output } = lint(
      path,
      `import * as planted from '${imported}';\n\nexport const used = planted;\n`,
    );
    expect(output).toContain('noRestrictedImports');
    expect(ok).toBe(false);
  });

  test.each([
    ['adapters/planted.ts', '../core/state.ts'],
    ['lambdas/control/planted.ts', '../../adapters/lean/read-state.ts'],
    ['lib/planted.ts', '../core/environment.ts'],
    ['local/planted.ts', './assembly.ts'],
    ['local/test/unit/planted.ts', '../support/handmade-stack.ts'],
    ['client/planted.ts', './jobs-api.ts'],
    ['console/src/pages/planted.tsx', '../api/types.ts'],
    ['console/src/api/types.ts', '../../../core/status/schemas.ts'],
  ])('%s may import %s', (path, imported) => {
    const { ok, output } = lint(
      path,
      `import * as planted from '${imported}';\n\nexport const used = planted;\n`,
    );
    expect(output).not.toContain('noRestrictedImports');
    expect(ok).toBe(true);
  });
});
