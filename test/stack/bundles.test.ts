import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
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
  const stack = new MaintenanceStack(app, 'Test', { origin: 'https://origin.test' });
  const { template } = app.synth().getStackArtifact(stack.artifactId);
  const bundles = new Map<string, string>();
  for (const { Metadata } of Object.values(template.Resources as Record<string, Resource>)) {
    const folder = Metadata?.['maintenance:function'];
    if (typeof folder === 'string')
      bundles.set(folder, path.join(output, String(Metadata?.['aws:asset:path'])));
  }
  return bundles;
}

const bundles = bundle();
const codeOf = (folder: string) => readFileSync(path.join(bundles.get(folder) ?? '', 'index.js'), 'utf8');

describe('the bundles', () => {
  test('are one for each function', () => {
    expect([...bundles.keys()].sort()).toEqual(['authorizer', 'control', 'publisher', 'status', 'tick']);
  });

  test.each([...bundles.keys()])(
    '%s is CommonJS, exports the handler and brings along all it needs',
    (folder) => {
      const code = codeOf(folder);
      expect(code).toMatch(/module\.exports\s*=/);
      expect(code).toMatch(/handler:\s*\(\)\s*=>/);
      expect(code).not.toMatch(/require\("(?:@aws-sdk|@smithy|@aws-lambda-powertools|@middy|zod|ioredis)/);
      expect(JSON.parse(readFileSync(path.join(bundles.get(folder) ?? '', 'package.json'), 'utf8'))).toEqual({
        type: 'commonjs',
      });
    },
  );

  test('the authorizer starts lean: minified, without an SDK client, a schema library or a source map', () => {
    const code = codeOf('authorizer');
    expect(code).not.toMatch(/@aws-sdk|@smithy|smithy-client|DynamoDBClient|ZodError|sourceMappingURL/);
    expect(existsSync(path.join(bundles.get('authorizer') ?? '', 'index.js.map'))).toBe(false);
    expect(code.split('\n').length).toBeLessThan(100);
    expect(code.length).toBeLessThan(250_000);
  });
});
