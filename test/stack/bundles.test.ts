import { spawnSync } from 'node:child_process';
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

/** A function of a profile's template: what it is started with. */
interface Deployed {
  readonly profile: string;
  /** The function's own folder. */
  readonly folder: string;
  /** The folder of its bundle. */
  readonly bundle: string;
  readonly environment: Readonly<Record<string, string>>;
}

function deploy(): readonly Deployed[] {
  const app = new App({ outdir: output, context: { 'aws:cdk:enable-asset-metadata': true } });
  const stacks = (['whole', 'essential', 'smallest'] as const).map((profile) => ({
    profile,
    id: new MaintenanceStack(app, `Test-${profile}`, { origin: 'https://origin.test', profile }).artifactId,
  }));
  const assembly = app.synth();
  return stacks.flatMap(({ profile, id }) =>
    Object.values<Resource>(assembly.getStackArtifact(id).template.Resources).flatMap(
      ({ Metadata, Properties }): Deployed[] => {
        const folder = Metadata?.['maintenance:function'];
        if (typeof folder !== 'string') return [];
        const { Variables = {} } = (Properties.Environment ?? {}) as { Variables?: Record<string, unknown> };
        return [
          {
            profile,
            folder,
            bundle: path.join(output, String(Metadata?.['aws:asset:path'])),
            environment: Object.fromEntries(
              Object.entries(Variables).map(([name, value]) => [name, resolved(value)]),
            ),
          },
        ];
      },
    ),
  );
}

/** A value of the template as text, with a 1 for what only the deployment knows: good for a name, and for a port. */
function resolved(value: unknown): string {
  if (typeof value !== 'object' || value === null) return String(value);
  const [separator, parts] = (value as { 'Fn::Join'?: [string, unknown[]] })['Fn::Join'] ?? [];
  return parts === undefined ? '1' : parts.map(resolved).join(separator);
}

/** The modules that a bundle loads. One in brackets is the text of an error message of the SDK. */
const requiredBy = (code: string): string[] =>
  [...code.matchAll(/(?<!\[)\brequire\("([^"]+)"\)/g)].map(([, name]) => name ?? '');

const deployed = deploy();
const bundles = new Map(deployed.map(({ folder, bundle }) => [folder, bundle]));
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
    expect(code.length).toBeLessThan(88_000);
  });

  test('the authorizer does not even read what it takes to talk to Redis, until it has to', () => {
    expect(packageOf('authorizer').imports).toEqual({ '#gate-redis': './gate-redis.js' });
    expect(codeOf('authorizer')).not.toContain('MOVED');
    expect(textOf('authorizer', 'gate-redis.js')).toContain('MOVED');
  });
});

/** Loads a bundle as the runtime does, and ends whatever it has opened. */
const START = `process.exit(typeof require(process.argv[1]).handler === 'function' ? 0 : 2)`;

describe('a function starts with exactly what its template tells it:', () => {
  test.each(deployed)('$folder of $profile', ({ bundle, environment }) => {
    // What every function has of Lambda itself.
    const env = { AWS_REGION: 'eu-central-1', AWS_ACCESS_KEY_ID: 'id', AWS_SECRET_ACCESS_KEY: 'secret' };
    const { status, stderr } = spawnSync(process.execPath, ['-e', START, path.join(bundle, 'index.js')], {
      env: { ...env, ...environment },
      encoding: 'utf8',
    });
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  });
});
