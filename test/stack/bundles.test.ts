import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { isBuiltin } from 'node:module';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, test } from '@jest/globals';
import { App } from 'aws-cdk-lib';
import { MaintenanceStack } from '../../lib/maintenance-stack.ts';
import type { Resource } from './synthesise.ts';

const output = mkdtempSync(path.join(tmpdir(), 'cdk.out-'));
afterAll(() => rmSync(output, { recursive: true, force: true }));

/** The folder of each function's bundle, by the function's own folder. */
function bundle(): ReadonlyMap<string, string> {
  const app = new App({ outdir: output, context: { 'aws:cdk:enable-asset-metadata': true } });
  const stacks = (['whole', 'smallest'] as const).map(
    (profile) => new MaintenanceStack(app, `Test-${profile}`, { origin: 'https://origin.test', profile }),
  );
  const assembly = app.synth();
  const resources = stacks.flatMap(({ artifactId }): Resource[] =>
    Object.values(assembly.getStackArtifact(artifactId).template.Resources),
  );
  const bundles = new Map<string, string>();
  for (const { Metadata } of resources) {
    const folder = Metadata?.['maintenance:function'];
    if (typeof folder === 'string')
      bundles.set(folder, path.join(output, String(Metadata?.['aws:asset:path'])));
  }
  return bundles;
}

/** The modules that a bundle loads. One in brackets is the text of an error message of the SDK. */
const requiredBy = (code: string): string[] =>
  [...code.matchAll(/(?<!\[)\brequire\("([^"]+)"\)/g)].map(([, name]) => name ?? '');

const bundles = bundle();
const textOf = (folder: string, file: string) =>
  readFileSync(path.join(bundles.get(folder) ?? '', file), 'utf8');
const codeOf = (folder: string) => textOf(folder, 'index.js');

/** What a bundle says of itself: that it is CommonJS, and the files of what is loaded on first need. */
const packageOf = (folder: string): { type: string; imports?: Record<string, string> } =>
  JSON.parse(textOf(folder, 'package.json'));

describe('the bundles', () => {
  test('are one for each function', () => {
    expect([...bundles.keys()].sort()).toEqual([
      'api',
      'authorizer',
      'control',
      'drain',
      'health',
      'health-check',
      'job-sweep',
      'jobs',
      'mirror',
      'notices',
      'operations',
      'publisher',
      'purge',
      'redis-probe',
      'sessions',
      'signin-guard',
      'starter',
      'status',
      'tally',
      'tick',
    ]);
  });

  test.each([...bundles.keys()])(
    '%s is CommonJS, exports the handler and brings along all it needs',
    (folder) => {
      const code = codeOf(folder);
      expect(/module\.exports\s*=/.test(code)).toBe(true);
      expect(/handler:\s*\(\)\s*=>/.test(code)).toBe(true);
      const { type, imports = {} } = packageOf(folder);
      expect(type).toBe('commonjs');
      expect(requiredBy(code).filter((name) => !isBuiltin(name))).toEqual(Object.keys(imports));
      const apart = Object.values(imports).flatMap((file) => requiredBy(textOf(folder, file)));
      expect(apart.filter((name) => !isBuiltin(name))).toEqual([]);
    },
  );

  test('the authorizer starts lean: minified, without an SDK client, a schema library or a source map', () => {
    const code = codeOf('authorizer');
    const heavy = ['@aws-sdk', '@smithy', 'DynamoDBClient', 'ZodError', 'sourceMappingURL'];
    expect(heavy.filter((name) => code.includes(name))).toEqual([]);
    expect(existsSync(path.join(bundles.get('authorizer') ?? '', 'index.js.map'))).toBe(false);
    expect(code.split('\n').length).toBeLessThan(100);
    expect(code.length).toBeLessThan(80_000);
  });

  test('the authorizer does not even read what it takes to talk to Redis, until it has to', () => {
    expect(packageOf('authorizer').imports).toEqual({ '#gate-redis': './gate-redis.js' });
    expect(codeOf('authorizer')).not.toContain('MOVED');
    expect(textOf('authorizer', 'gate-redis.js')).toContain('MOVED');
  });
});
