import { expect, test } from '@jest/globals';
import type * as z from 'zod';
import type * as shown from '../../../console/src/api/types.ts';
import { API } from '../../../core/api/api.ts';
import type { Diagnostics } from '../../../core/health/diagnostics-view.ts';

type AnswerOf<A extends keyof typeof API> = z.output<(typeof API)[A]['answer']>;

/** Compiles only where whatever the API answers is what the console takes it for. */
interface Fits {
  readonly diagnostics: Diagnostics extends shown.Diagnostics ? true : never;
  readonly status: AnswerOf<'status'> extends shown.Status ? true : never;
  readonly enable: AnswerOf<'enable'> extends shown.Enabled ? true : never;
  readonly disable: AnswerOf<'disable'> extends shown.Disabled ? true : never;
  readonly signin: AnswerOf<'signin'> extends shown.SignIn ? true : never;
  readonly whoami: AnswerOf<'whoami'> extends shown.WhoAmI ? true : never;
  readonly blocked_operations: AnswerOf<'blocked_operations'> extends shown.BlockedOperations ? true : never;
  readonly validate: AnswerOf<'validate'> extends shown.Validation ? true : never;
  readonly history: AnswerOf<'history'> extends shown.Page<shown.HistoryEvent> ? true : never;
  readonly jobs: AnswerOf<'jobs'> extends shown.Page<shown.Job> ? true : never;
  readonly terminateJobs: AnswerOf<'terminateJobs'> extends shown.TerminatedJobs ? true : never;
  readonly sessions: AnswerOf<'sessions'> extends shown.Page<shown.Session> ? true : never;
  readonly sessionStatistics: AnswerOf<'sessionStatistics'> extends shown.SessionStatistics ? true : never;
  readonly windows: AnswerOf<'windows'> extends shown.Page<shown.MaintenanceWindow> ? true : never;
  readonly rules: AnswerOf<'rules'> extends shown.Page<shown.Rule> ? true : never;
  readonly classify: AnswerOf<'classify'> extends shown.Classification ? true : never;
  readonly reports: AnswerOf<'reports'> extends shown.Page<shown.ReportSummary> ? true : never;
  readonly report: AnswerOf<'report'> extends shown.Report ? true : never;
  readonly health: AnswerOf<'health'> extends shown.Health ? true : never;
}

const FITS: Fits = {
  diagnostics: true,
  status: true,
  enable: true,
  disable: true,
  signin: true,
  whoami: true,
  blocked_operations: true,
  validate: true,
  history: true,
  jobs: true,
  terminateJobs: true,
  sessions: true,
  sessionStatistics: true,
  windows: true,
  rules: true,
  classify: true,
  reports: true,
  report: true,
  health: true,
};

test('the console takes answers for what they are', () => {
  expect(Object.keys(API)).toEqual(
    expect.arrayContaining(Object.keys(FITS).filter((name) => name !== 'diagnostics')),
  );
});
