import type { ActionOf } from '../../core/api/api.ts';
import type { CommandType } from '../../core/commands/parse-command.ts';
import type { EventLog } from '../../core/events/event-log.ts';
import type { Caller } from '../http/caller.ts';
import type { ProxyEvent, ProxyResult } from '../http/proxy-event.ts';
import type { ControlParts } from './control-handler.ts';
import { listHistory } from './list-history.ts';
import { listReports, showReport } from './reports.ts';
import { addRule, classifyRequest, listRules, removeRule } from './rules.ts';
import { runCommand } from './run-command.ts';
import { validate } from './validate.ts';
import { whoAmI } from './who-am-i.ts';

/** A call whose caller may make it. */
export interface ControlCall
  extends Pick<
    ControlParts,
    | 'now'
    | 'newId'
    | 'freshSignIn'
    | 'rules'
    | 'windows'
    | 'alwaysAllowed'
    | 'purging'
    | 'activeJobs'
    | 'attempts'
    | 'drains'
    | 'watched'
    | 'notices'
    | 'log'
  > {
  readonly event: ProxyEvent;
  readonly caller: Caller;
  /** What stands in the path for each `{name}` of the call's template. */
  readonly parameters: Readonly<Record<string, string>>;
  /** Tells of each event that it appends. */
  readonly events: EventLog;
}

/** Answers a call. Throws HttpProblem or StoreUnavailableError. */
type Serve = (call: ControlCall) => Promise<ProxyResult>;

const command =
  (type: CommandType, status = 200): Serve =>
  ({ event, caller, events, now, newId, purging, activeJobs }) =>
    runCommand(type, event, caller, { log: events, now, newId, purging, activeJobs }, status);

/** Calls that compute recurrences: what that takes is loaded with the first of them. */
const ofWindows =
  (action: keyof typeof import('./windows.ts')): Serve =>
  async (call) =>
    (await import('./windows.ts'))[action](call);

/** How the control function answers each of its calls. */
export const SERVE: Readonly<Record<ActionOf<'control'>, Serve>> = {
  enable: command('enable'),
  emergency: command('emergency'),
  deescalate: command('deescalate'),
  disable: command('disable'),
  update: command('update'),
  purgeSessions: command('purge_sessions', 202),
  revoke: command('revoke'),
  refresh: command('refresh'),
  logLevel: command('log_level'),
  reset: command('reset'),
  validate: ({ event, events, now }) => validate(event, events, now),
  whoami: async ({ caller, freshSignIn, now }) => whoAmI(caller, freshSignIn, now()),
  history: ({ event, events }) => listHistory(event, events),
  reports: listReports,
  report: showReport,
  rules: listRules,
  addRule,
  removeRule,
  classify: classifyRequest,
  windows: ofWindows('listWindows'),
  window: ofWindows('showWindow'),
  scheduleWindow: ofWindows('scheduleWindow'),
  changeWindow: ofWindows('changeWindow'),
  cancelWindow: ofWindows('cancelWindow'),
};
