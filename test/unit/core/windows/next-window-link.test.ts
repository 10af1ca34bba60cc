import { expect, test } from '@jest/globals';
import { nextWindowLink } from '../../../../core/windows/next-window-link.ts';
import { NOW, stateWith } from '../../../support/examples.ts';
import { comingWindow, scheduleWith } from '../../../support/windows.ts';

const state = { ...stateWith(null), windows: scheduleWith(comingWindow({ reason: '"quoted" <é>' })) };

test.each([
  ['/api/maintenance', 'maintenance/status'],
  ['/api/maintenance/', 'status'],
  ['/api/maintenance/status', 'status'],
  ['/api/maintenance/windows/w-1', '../status'],
])('from %s the status is %s', (path, reference) => {
  const { Link = '' } = nextWindowLink(state, path, NOW);
  expect(Link).toBe(
    `<${reference}>; rel="status"; title="Next maintenance"; starts-at="2026-01-15T11:00:00Z"; ends-at="2026-01-15T12:00:00Z"`,
  );
  for (const base of ['https://api.test', 'https://api.test/live']) {
    const resolved = new URL(reference, `${base}${path}`).href;
    expect(resolved).toBe(`${base}/api/maintenance/status`);
  }
});

test('a rehearsal is called one', () => {
  const rehearsal = { ...state, windows: scheduleWith(comingWindow({ mode: 'test' })) };
  expect(nextWindowLink(rehearsal, '/api/maintenance/status', NOW).Link).toContain('rehearsal');
});

test('what has begun is announced no more, and nothing is where nothing comes', () => {
  expect(nextWindowLink(state, '/api/maintenance/status', NOW + 3_600_000)).toEqual({});
  expect(nextWindowLink(stateWith(null), '/api/maintenance/status', NOW)).toEqual({});
});
