import { expect, test } from '@jest/globals';
import { API } from '../../../../core/api/api.ts';
import type { ApiCall } from '../../../../core/http/api-call.ts';
import { servedBy } from '../../../../lambdas/api/served-by.ts';

const calls: readonly ApiCall[] = Object.values(API);

test.each(calls.map((call) => [`${call.method} ${call.path}`, call] as const))(
  '%s is served by the handler that serves it where each is a function',
  (_name, { path, servedBy: by }) => {
    const here = by === 'sessions' || by === 'jobs' ? 'control' : by;
    expect(servedBy(`/api/maintenance${path.replaceAll(/\{\w+\}/g, 'x')}`)).toBe(here);
  },
);

test.each([
  ['/maintenance', 'status'],
  ['/maintenance/', 'status'],
  ['/api/maintenance/status/', 'status'],
  ['/api/maintenance', 'control'],
  ['/api/maintenance/nothing', 'control'],
])('%s is served by %s', (path, by) => expect(servedBy(path)).toBe(by));
