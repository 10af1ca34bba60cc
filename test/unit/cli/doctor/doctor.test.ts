import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { observationsOf } from '../../../../cli/doctor/observations.ts';
import type { Sources } from '../../../../cli/doctor/sources.ts';
import { renderFindings, renderVerdict } from '../../../../cli/render/findings.ts';
import { CHECK_NAMES, CHECKS } from '../../../../core/health/checks/checks.ts';
import { FINDING_SECTIONS, type Finding } from '../../../../core/health/finding.ts';
import { cliBench } from '../../../support/cli-bench.ts';
import { json, type StubAnswer } from '../../../support/stub-server.ts';

const NOW = Date.parse('2026-01-15T10:00:00Z');
const bench = cliBench(NOW);

test('docs/doctor.md describes every check under its section, and no other', () => {
  const page = readFileSync(resolve(import.meta.dirname, '../../../../docs/doctor.md'), 'utf8');
  const [, table = ''] = page.split('### Checks');
  let section = '';
  const described: [string, string][] = [];
  for (const [, heading, check] of table.matchAll(/^\| (?:\*\*(\w+)\*\*|`(\w+)`) \|/gm)) {
    if (heading !== undefined) section = heading;
    if (check !== undefined && FINDING_SECTIONS.some((known) => known === section))
      described.push([check, section]);
  }
  const [checks] = table.split('### Permissions');
  const made = observationsOf({ log: {}, aws: {} } as Sources);
  expect(described.filter(([check]) => checks?.includes(`| \`${check}\` |`))).toEqual(
    CHECK_NAMES.filter((name) => CHECKS[name].of in made).map((name) => [name, CHECKS[name].section]),
  );
});

test('what could not be looked at for one reason takes one line; texts of others are harmless', () => {
  const finding: Finding = {
    section: 'logs',
    check: 'log_groups',
    status: 'unknown',
    seen: 'No\ncredentials\u001b[2J.',
    remedy: 'Set AWS_PROFILE.',
    latency_ms: null,
  };
  const findings = [
    finding,
    { ...finding, check: 'log_errors' },
    { ...finding, check: 'security_lines', status: 'ok', remedy: null, latency_ms: 7 } as const,
  ];
  const text = renderFindings(findings, (_, plain) => plain);
  expect(text.split('\n').map((line) => line.trim())).toEqual([
    'logs',
    'unknown  log_groups, log_errors No credentials\ufffd[2J.',
    '→ Set AWS_PROFILE.',
    'ok       security_lines         No credentials\ufffd[2J. (7 ms)',
  ]);
  expect(renderVerdict(findings, (_, plain) => plain)).toBe('3 checks: 2 unknown, 1 ok.');
});

describe('whatever the API answers, the output is one JSON document', () => {
  const html: StubAnswer = (_, response) => {
    response.writeHead(200, { 'content-type': 'text/html' }).end('<h1>Welcome</h1>');
  };
  const cut: StubAnswer = (_, response) => void response.destroy();
  test.each<[string, StubAnswer]>([
    ['another site', html],
    ['nothing at the path', json(404, { error: 'not_found', message: 'No.' })],
    ['an empty object', json(200, {})],
    ['a list', json(200, [])],
    ['an error', json(500, { error: 'internal_error', message: 'Oh.' })],
    ['a redirect', (_, response) => void response.writeHead(302, { location: 'http://other/' }).end()],
    ['a connection that is cut', cut],
  ])('%s', async (_, answer) => {
    bench.stub.answer = answer;
    const { exitCode, stdout, stderr } = await bench.sandbox.run('doctor', '--json');
    expect(stderr).toBe('');
    const { status, findings, api } = JSON.parse(stdout);
    expect({ exitCode, status, api }).toEqual({ exitCode: 2, status: 'unhealthy', api: bench.stub.url });
    expect(findings.length).toBeGreaterThan(10);
  });
});

test('on a terminal it shows which sections are through, and leaves no trace of that', async () => {
  bench.stub.answer = json(404, { error: 'not_found', message: 'No.' });
  const { stderr, stdout } = await bench.sandbox.runOnTerminal(
    ['doctor', '--section', 'status', 'emergency'],
    [],
  );
  expect(stderr).toContain('Looking: status');
  expect(stderr).toContain('status ✓');
  expect(stderr.endsWith('\r\u001b[K')).toBe(true);
  expect(stdout).toContain('checks:');
});
