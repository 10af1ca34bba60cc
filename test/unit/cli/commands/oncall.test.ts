import { describe, expect, test } from '@jest/globals';
import { renderStats } from '../../../../cli/render/stats.ts';
import { cliBench } from '../../../support/cli-bench.ts';
import { json } from '../../../support/stub-server.ts';

const bench = cliBench(Date.parse('2026-01-15T10:00:00Z'));
const sent = () => bench.stub.requests.map(({ body }) => JSON.parse(body));

describe('maintenance escalate', () => {
  const facts = ['--description', 'Broken', '--impact', 'Much', '--contact', 'alice'];

  test('sends what is written, once that is confirmed', async () => {
    bench.stub.answer = json(200, { message_id: 'm-1', level: 2 });
    expect(await bench.sandbox.run('escalate', '--level', '2', ...facts)).toMatchObject({ exitCode: 2 });
    expect(bench.stub.requests).toEqual([]);
    const { exitCode, stdout } = await bench.sandbox.run('escalate', '--level', '2', ...facts, '--yes');
    expect([exitCode, stdout]).toEqual([0, 'Level 2 has been told: m-1.\n']);
    expect(sent()).toEqual([
      { level: 2, description: 'Broken', impact: 'Much', steps_taken: [], urgency: 'high', contact: 'alice' },
    ]);
  });

  test.each(['escalation_unavailable', 'authorizer_unavailable'])(
    'does not name a way past the API that it has not, after %s',
    async (error) => {
      bench.stub.answer = json(503, { error, message: 'Nobody has been told.' }, { 'retry-after': '5' });
      const { exitCode, stderr } = await bench.sandbox.run('escalate', '--level', '2', ...facts, '--yes');
      expect([exitCode, stderr]).toEqual([1, 'Error: Nobody has been told.\nTry again in 5 s.\n']);
    },
  );

  test('nor where nobody answers', async () => {
    bench.stub.answer = (_request, response) => response.destroy();
    const { exitCode, stderr } = await bench.sandbox.run('escalate', '--level', '2', ...facts, '--yes');
    expect([exitCode, stderr]).toEqual([4, expect.stringMatching(/and the network\.\n$/)]);
  });

  test('says what is missing where nobody can be asked', async () => {
    const { exitCode, stderr } = await bench.sandbox.run('escalate', '--level', '2', '--yes');
    expect([exitCode, stderr]).toEqual([2, expect.stringContaining('--description')]);
  });

  test('tests every level, also when one cannot be told', async () => {
    bench.stub.answer = (request, response) => {
      const { level } = JSON.parse(request.body);
      const problem = { error: 'escalation_unavailable', message: 'Level 1 could not be told' };
      json(level === 1 ? 503 : 200, level === 1 ? problem : { message_id: `m-${level}`, level })(
        request,
        response,
      );
    };
    const { exitCode, stdout } = await bench.sandbox.run('escalate', '--test', '--yes');
    expect(exitCode).toBeGreaterThan(0);
    expect(stdout).toMatch(/Level 2: sent, m-2.*\nLevel 3: sent, m-3/);
    expect(sent()).toEqual([1, 2, 3].map((level) => ({ level, test: true })));
  });
});

describe('maintenance stats', () => {
  const plain = (_: unknown, text: string) => text;

  test('shows bars by type, and the course of time', () => {
    const shown = renderStats(
      {
        minutes: 60,
        decisions: {
          latency_ms: { p50: 1.234, p95: 40, p99: null },
          blocked: 30,
          blocked_by_type: { job_creation: 10, caption_generation: 20 },
          bypassed: 1,
          would_block: 0,
        },
        series: { at: ['2026-01-15T09:00:00Z'], blocked: { a: [0, 1, 8], b: [0, 0, 8] } },
        redis: null,
      },
      plain,
    );
    expect(shown).toContain('p50 1.23 ms, p95 40 ms, p99 unknown');
    expect(shown).toMatch(/caption_generation +█{24} 20\n +job_creation +█{12} 10\n/);
    expect(shown).toMatch(/Blocked since 09:00 +·▁█\n/);
    expect(shown).toContain('Redis\n  not to be had');
  });

  test('asks for the minutes that are wanted', async () => {
    bench.stub.answer = json(200, { minutes: 30 });
    const { exitCode } = await bench.sandbox.run('stats', '--minutes', '30', '--json');
    expect([exitCode, bench.stub.requests[0]?.url]).toEqual([
      0,
      expect.stringMatching(/statistics\?minutes=30$/),
    ]);
    expect(await bench.sandbox.run('stats', '--minutes', '3')).toMatchObject({ exitCode: 2 });
  });
});
