import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { EVENT_TYPE } from '../../core/events/event-types.ts';

const PROJECT = path.resolve(import.meta.dirname, '../..');

let output: string;
beforeEach(() => {
  output = mkdtempSync(path.join(tmpdir(), 'cdk.out-'));
});
afterEach(() => rmSync(output, { recursive: true, force: true }));

/** Runs an app as the CDK's command line does, without bundling. */
function run(app: string, context: Record<string, unknown>): { status: number | null; stderr: string } {
  const { context: flags } = JSON.parse(readFileSync(path.join(PROJECT, 'cdk.json'), 'utf8'));
  const { status, stderr } = spawnSync(process.execPath, [app], {
    cwd: PROJECT,
    encoding: 'utf8',
    env: {
      ...process.env,
      CDK_OUTDIR: output,
      CDK_CONTEXT_JSON: JSON.stringify({ ...flags, 'aws:cdk:bundling-stacks': [], ...context }),
    },
  });
  return { status, stderr };
}

const template = (stack: string) =>
  JSON.parse(readFileSync(path.join(output, `${stack}.template.json`), 'utf8'));

describe('bin/app.ts', () => {
  test('needs an origin only, and says nothing when all is well', () => {
    expect(run('bin/app.ts', { origin: 'https://origin.test' })).toEqual({ status: 0, stderr: '' });
    expect(Object.keys(template('MaintenanceMode').Outputs)).toContain('ApiUrl');
  });

  test.each<[wrong: string, context: Record<string, unknown>, sentence: string]>([
    ['no origin', {}, 'Option "origin" is missing; say which application to protect'],
    ['an origin that is not https', { origin: 'http://origin.test' }, '"http://origin.test" is not https'],
    ['an unknown option', { origin: 'https://origin.test', adminGroup: 'a' }, 'Did you mean "adminGroups"?'],
    ['a bad number', { origin: 'https://origin.test', rateLimit: '1e9' }, 'must be a number, not "1e9"'],
  ])('fails with a sentence and no stack trace: %s', (_wrong, context, sentence) => {
    const { status, stderr } = run('bin/app.ts', context);
    expect(status).toBe(1);
    expect(stderr).toContain(sentence);
    expect(stderr.trim().split('\n')).toHaveLength(1);
  });

  test("warns of each write among the origin's routes that no rule covers", () => {
    const routes = path.join(output, 'routes.json');
    writeFileSync(routes, JSON.stringify([{ method: 'PUT', path: '/nobody/knows' }]));
    const { status, stderr } = run('bin/app.ts', { origin: 'https://origin.test', routes });
    expect(status).toBe(0);
    expect(stderr).toContain('No rule says what PUT /nobody/knows does');
  });
});

interface Resource {
  readonly Type: string;
  readonly Properties?: { readonly EventPattern?: { readonly 'detail-type'?: string[] } };
}

describe('examples/existing-api', () => {
  test('puts the gate into an app that exists', () => {
    expect(run('examples/existing-api/app.ts', {})).toEqual({ status: 0, stderr: '' });
    const { Resources } = template('Shop') as { Resources: Record<string, Resource> };
    const types = Object.values(Resources).map(({ Type }) => Type);
    expect(types).toEqual(
      expect.arrayContaining(['AWS::ApiGateway::RestApi', 'AWS::ApiGateway::DomainName', 'AWS::SNS::Topic']),
    );
    expect(types).not.toContain('AWS::Cognito::UserPool');
    const [, rule] = Object.entries(Resources).find(([id]) => id.startsWith('TellStatusPageRule')) ?? [];
    expect(rule?.Properties).toMatchObject({
      EventBusName: { Ref: expect.stringContaining('Bus') },
      Targets: [{ Arn: { 'Fn::GetAtt': [expect.stringContaining('Webhook'), 'Arn'] }, DeadLetterConfig: {} }],
    });
    expect(Object.values(EVENT_TYPE).map(({ busName }) => busName)).toEqual(
      expect.arrayContaining(rule?.Properties?.EventPattern?.['detail-type'] ?? ['none']),
    );
  });
});
