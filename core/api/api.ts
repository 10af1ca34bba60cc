import type * as z from 'zod';
import {
  classifyBody,
  emergencyBody,
  emptyBody,
  enableBody,
  historyQuery,
  logLevelBody,
  messageQuery,
  purgeBody,
  reportQuery,
  reportsQuery,
  resetBody,
  revocationBody,
  ruleBody,
  rulesQuery,
  sessionsQuery,
  updateBody,
  windowBody,
  windowChangeBody,
  windowsQuery,
} from '../commands/schemas.ts';
import type { ProblemCode } from '../http/problem.ts';
import { JOB_API } from '../jobs/calls.ts';
import { OPERATIONS_API } from '../oncall/calls.ts';
import { reportAnswer, reportsAnswer } from '../reports/schemas.ts';
import {
  blockedOperationsAnswer,
  classificationAnswer,
  disableAnswer,
  enableAnswer,
  healthAnswer,
  historyAnswer,
  logLevelAnswer,
  messageAnswer,
  openApiAnswer,
  purgeAnswer,
  refreshAnswer,
  revocationAnswer,
  ruleChangeAnswer,
  rulesAnswer,
  sessionAnswer,
  sessionStatisticsAnswer,
  sessionsAnswer,
  signInAnswer,
  statusAnswer,
  validateAnswer,
  whoAmIAnswer,
  windowAnswer,
  windowChangeAnswer,
  windowsAnswer,
} from './answers.ts';

/** One call of the HTTP API: what it takes and answers, and who may make it. */
export interface ApiCall {
  readonly method: 'GET' | 'POST' | 'PATCH' | 'DELETE';
  /** Below /api/maintenance, '' for itself; `{name}` stands for one segment. */
  readonly path: string;
  /** The function that serves it. */
  readonly servedBy: 'control' | 'status' | 'health' | 'sessions' | 'jobs' | 'operations';
  /**
   * `public`: everybody. `caller`: whoever has a valid credential. `worker`: workers and admins. `fresh_admin`: admins
   * who signed in lately.
   */
  readonly access: 'public' | 'caller' | 'worker' | 'admin' | 'fresh_admin';
  /** One sentence. */
  readonly summary: string;
  readonly body?: z.ZodType;
  readonly query?: z.ZodObject;
  readonly answer: z.ZodType;
  /** The status of that answer. @default 200 */
  readonly status?: 201 | 202;
  /** Whether it changes the state: then If-Match and Idempotency-Key are honoured. */
  readonly changesState?: true;
  /** Whether Idempotency-Key is honoured although it changes no state. */
  readonly isRepeatable?: true;
  /** Whether maintenance may refuse it, as it refuses calls of the application. */
  readonly isBlockable?: true;
  /** What it may be refused with, beside what its access and its form bring about. */
  readonly problems?: readonly ProblemCode[];
  /** Whether it answers with Markdown too, to those who ask for that. */
  readonly hasMarkdown?: true;
  /** Whether a 503 has the same form as the answer. */
  readonly unhealthy?: true;
  readonly example?: { readonly body: unknown };
}

const UPGRADE = { reason: 'Database upgrade', duration: 1800, auto_end: true };

/**
 * Every call of the HTTP API, by the name of what it does. The functions are routed by this table and the API's
 * description is made of it, so that no call can exist without being described.
 */
export const API = {
  status: {
    method: 'GET',
    path: '/status',
    servedBy: 'status',
    access: 'public',
    summary: 'Whether maintenance is active, why, until when, and what is blocked.',
    answer: statusAnswer,
  },
  blocked_operations: {
    method: 'GET',
    path: '/blocked-operations',
    servedBy: 'status',
    access: 'public',
    summary: 'What is blocked, since when, and how often it was tried.',
    answer: blockedOperationsAnswer,
  },
  message: {
    method: 'GET',
    path: '/message',
    servedBy: 'status',
    access: 'public',
    summary: 'What to tell people, about one operation type or in general.',
    query: messageQuery,
    answer: messageAnswer,
  },
  signin: {
    method: 'GET',
    path: '/signin',
    servedBy: 'status',
    access: 'public',
    summary: 'Where and how to sign in.',
    answer: signInAnswer,
  },
  health: {
    method: 'GET',
    path: '/health',
    servedBy: 'health',
    access: 'public',
    summary: 'Whether the system works, part by part; 503 with the same body when it does not.',
    answer: healthAnswer,
    unhealthy: true,
  },
  openapi: {
    method: 'GET',
    path: '/openapi.json',
    servedBy: 'status',
    access: 'public',
    summary: 'This description.',
    answer: openApiAnswer,
  },
  whoami: {
    method: 'GET',
    path: '/whoami',
    servedBy: 'control',
    access: 'caller',
    summary: 'Whom the gateway takes the caller for.',
    answer: whoAmIAnswer,
  },
  validate: {
    method: 'POST',
    path: '/validate',
    servedBy: 'control',
    access: 'admin',
    summary: 'Says whether `enable` would take this body now, and what would come of it. Writes nothing.',
    body: enableBody,
    answer: validateAnswer,
    example: { body: UPGRADE },
  },
  enable: {
    method: 'POST',
    path: '/enable',
    servedBy: 'control',
    access: 'admin',
    summary: 'Starts a maintenance, or a test run that blocks nothing and records everything.',
    body: enableBody,
    answer: enableAnswer,
    changesState: true,
    problems: ['maintenance_already_active'],
    example: { body: UPGRADE },
  },
  emergency: {
    method: 'POST',
    path: '/emergency',
    servedBy: 'control',
    access: 'fresh_admin',
    summary: 'Closes the service to everybody but admins.',
    body: emergencyBody,
    answer: enableAnswer,
    changesState: true,
    problems: ['maintenance_already_active'],
    example: { body: { reason: 'Data loss in progress', grace_period: 60 } },
  },
  deescalate: {
    method: 'POST',
    path: '/deescalate',
    servedBy: 'control',
    access: 'admin',
    summary: 'Goes back from emergency to normal mode.',
    body: emptyBody,
    answer: statusAnswer,
    changesState: true,
    problems: ['maintenance_not_active', 'not_in_emergency'],
  },
  disable: {
    method: 'POST',
    path: '/disable',
    servedBy: 'control',
    access: 'admin',
    summary: 'Ends the maintenance, the emergency or the test run.',
    body: emptyBody,
    answer: disableAnswer,
    changesState: true,
    problems: ['maintenance_not_active'],
  },
  update: {
    method: 'PATCH',
    path: '',
    servedBy: 'control',
    access: 'admin',
    summary: 'Changes what is active; what is not named stays as it is.',
    body: updateBody,
    answer: statusAnswer,
    changesState: true,
    problems: ['maintenance_not_active'],
    example: { body: { reason: 'Takes longer than planned', duration: 7200 } },
  },
  rules: {
    method: 'GET',
    path: '/rules',
    servedBy: 'control',
    access: 'admin',
    summary: "The owner's classification rules, newest first, a page at a time.",
    query: rulesQuery,
    answer: rulesAnswer,
  },
  addRule: {
    method: 'POST',
    path: '/rules',
    servedBy: 'control',
    access: 'admin',
    summary: "Adds a classification rule. The owner's rules are consulted before the built-in ones.",
    body: ruleBody,
    answer: ruleChangeAnswer,
    status: 201,
    changesState: true,
    problems: ['rule_exists'],
    example: { body: { method: 'POST', path: '/reports/{id}/publish', operation: 'batch_operations' } },
  },
  removeRule: {
    method: 'DELETE',
    path: '/rules/{id}',
    servedBy: 'control',
    access: 'admin',
    summary: "Removes one of the owner's classification rules.",
    body: emptyBody,
    answer: ruleChangeAnswer,
    changesState: true,
    problems: ['rule_not_found', 'rule_in_use'],
  },
  windows: {
    method: 'GET',
    path: '/windows',
    servedBy: 'control',
    access: 'admin',
    summary: 'The scheduled windows that are not over, by their next start, a page at a time.',
    query: windowsQuery,
    answer: windowsAnswer,
  },
  scheduleWindow: {
    method: 'POST',
    path: '/windows',
    servedBy: 'control',
    access: 'admin',
    summary: 'Schedules a maintenance or a test run, once or by a recurrence rule.',
    body: windowBody,
    answer: windowChangeAnswer,
    status: 201,
    changesState: true,
    problems: ['window_overlap', 'maintenance_already_active'],
    example: {
      body: {
        reason: 'Weekly upgrades',
        starts_at: '2026-01-18T02:30:00+01:00',
        duration: 3600,
        rrule: 'FREQ=WEEKLY;BYDAY=SU',
        timezone: 'Europe/Berlin',
      },
    },
  },
  window: {
    method: 'GET',
    path: '/windows/{id}',
    servedBy: 'control',
    access: 'admin',
    summary: 'One scheduled window.',
    answer: windowAnswer,
    problems: ['window_not_found'],
  },
  changeWindow: {
    method: 'PATCH',
    path: '/windows/{id}',
    servedBy: 'control',
    access: 'admin',
    summary:
      'Moves, starts or changes a window; of one that has begun for the last time, changes its maintenance.',
    body: windowChangeBody,
    answer: windowChangeAnswer,
    changesState: true,
    problems: ['window_not_found', 'window_overlap', 'window_running', 'maintenance_already_active'],
    example: { body: { starts_at: '2026-01-18T03:30:00+01:00' } },
  },
  cancelWindow: {
    method: 'DELETE',
    path: '/windows/{id}',
    servedBy: 'control',
    access: 'admin',
    summary: 'Cancels all of a window that has not begun.',
    body: emptyBody,
    answer: windowChangeAnswer,
    changesState: true,
    problems: ['window_not_found', 'window_running'],
  },
  purgeSessions: {
    method: 'POST',
    path: '/sessions/purge',
    servedBy: 'control',
    access: 'admin',
    summary: "Ends every member's session, or everybody's but your own. They are deleted after the answer.",
    body: purgeBody,
    answer: purgeAnswer,
    status: 202,
    changesState: true,
    example: { body: { all: false } },
  },
  revoke: {
    method: 'POST',
    path: '/revocations',
    servedBy: 'control',
    access: 'admin',
    summary: 'Makes everything worthless that a principal was given until now, and deletes their sessions.',
    body: revocationBody,
    answer: revocationAnswer,
    changesState: true,
    problems: ['too_many_revocations'],
    example: { body: { principal: 'mia' } },
  },
  refresh: {
    method: 'POST',
    path: '/refresh',
    servedBy: 'control',
    access: 'admin',
    summary: 'Has every instance of every function drop what it remembers, as a restart would.',
    body: emptyBody,
    answer: refreshAnswer,
    changesState: true,
  },
  logLevel: {
    method: 'POST',
    path: '/log-level',
    servedBy: 'control',
    access: 'admin',
    summary: 'Has every decision told in the log for some minutes, or no more.',
    body: logLevelBody,
    answer: logLevelAnswer,
    changesState: true,
    example: { body: { level: 'debug', minutes: 15 } },
  },
  reset: {
    method: 'POST',
    path: '/reset',
    servedBy: 'control',
    access: 'admin',
    summary:
      'Ends whatever is active and takes out of the state what could be stuck. Nothing is deleted from the log.',
    body: resetBody,
    answer: statusAnswer,
    changesState: true,
    example: { body: { windows: false, rules: false } },
  },
  classify: {
    method: 'POST',
    path: '/classify',
    servedBy: 'control',
    access: 'admin',
    summary: 'How a request is classified, and what becomes of it for each role in each mode.',
    body: classifyBody,
    answer: classificationAnswer,
    example: { body: { method: 'POST', path: '/start_caption_generation' } },
  },
  history: {
    method: 'GET',
    path: '/history',
    servedBy: 'control',
    access: 'admin',
    summary: 'The event log, newest first, a page at a time.',
    query: historyQuery,
    answer: historyAnswer,
  },
  reports: {
    method: 'GET',
    path: '/reports',
    servedBy: 'control',
    access: 'admin',
    summary: 'Every maintenance, emergency and test run, newest first, a page at a time.',
    query: reportsQuery,
    answer: reportsAnswer,
  },
  report: {
    method: 'GET',
    path: '/reports/{id}',
    servedBy: 'control',
    access: 'admin',
    summary: 'What a maintenance, an emergency or a test run came to, also while it goes on.',
    query: reportQuery,
    answer: reportAnswer,
    hasMarkdown: true,
    problems: ['report_not_found'],
  },
  sessions: {
    method: 'GET',
    path: '/sessions',
    servedBy: 'sessions',
    access: 'admin',
    summary: "The application's sessions in no particular order, a page at a time.",
    query: sessionsQuery,
    answer: sessionsAnswer,
    problems: ['session_store_unavailable'],
  },
  sessionStatistics: {
    method: 'GET',
    path: '/sessions/statistics',
    servedBy: 'sessions',
    access: 'admin',
    summary: 'How many sessions there are, by role and age; estimated from a sample where there are many.',
    answer: sessionStatisticsAnswer,
    problems: ['session_store_unavailable'],
  },
  session: {
    method: 'GET',
    path: '/sessions/{id}',
    servedBy: 'sessions',
    access: 'admin',
    summary: 'Whose session it is, how old, and whether it is still good; never what it holds.',
    answer: sessionAnswer,
    problems: ['session_not_found', 'session_store_unavailable'],
  },
  ...JOB_API,
  ...OPERATIONS_API,
} as const satisfies Readonly<Record<string, ApiCall>>;

/** What a call does. */
export type Action = keyof typeof API;

/** The actions that a function serves. */
export type ActionOf<F extends ApiCall['servedBy']> = {
  [A in Action]: (typeof API)[A]['servedBy'] extends F ? A : never;
}[Action];
