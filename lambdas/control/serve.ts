import type { Command } from '../../core/commands/command.ts';
import { TO_COMMAND } from '../../core/commands/parse-command.ts';
import { validateEnable } from '../../core/commands/validate-enable.ts';
import { stateOf } from '../../core/events/append-change.ts';
import { historyPage } from '../../core/history/history-page.ts';
import type { Call, Served, ServeTable } from '../http/api-handler.ts';
import type { ControlParts } from './parts.ts';
import { listReports, showReport } from './reports.ts';
import { addRule, classifyRequest, listRules, removeRule } from './rules.ts';
import { runCommand } from './run-command.ts';
import { whoAmI } from './who-am-i.ts';

const command =
  <B>(toCommand: (body: B) => Command) =>
  (call: Call & { readonly body: B }, parts: ControlParts): Promise<Served> =>
    runCommand(toCommand(call.body), call, parts);

/** What computes recurrences: it is loaded with the first call that needs it. */
const windows = () => import('./windows.ts');

/** How the control function answers each of its calls. */
export const SERVE: ServeTable<'control', ControlParts> = {
  enable: command(TO_COMMAND.enable),
  emergency: command(TO_COMMAND.emergency),
  deescalate: command(TO_COMMAND.deescalate),
  disable: command(TO_COMMAND.disable),
  update: command(TO_COMMAND.update),
  purgeSessions: command(TO_COMMAND.purge_sessions),
  revoke: command(TO_COMMAND.revoke),
  refresh: command(TO_COMMAND.refresh),
  logLevel: command(TO_COMMAND.log_level),
  reset: command(TO_COMMAND.reset),
  validate,
  whoami: async ({ caller }, { freshSignIn, now }) => ({ answer: whoAmI(caller, freshSignIn, now()) }),
  history: async ({ query }, { events }) => ({ answer: await historyPage(query, events) }),
  reports: listReports,
  report: showReport,
  rules: listRules,
  addRule,
  removeRule,
  classify: classifyRequest,
  windows: async (call, parts) => (await windows()).listWindows(call, parts),
  window: async (call, parts) => (await windows()).showWindow(call, parts),
  scheduleWindow: async (call, parts) => (await windows()).scheduleWindow(call, parts),
  changeWindow: async (call, parts) => (await windows()).changeWindow(call, parts),
  skipOccurrence: async (call, parts) => (await windows()).skipOccurrence(call, parts, 'skip'),
  unskipOccurrence: async (call, parts) => (await windows()).skipOccurrence(call, parts, 'unskip'),
  cancelWindow: async (call, parts) => (await windows()).cancelWindow(call, parts),
};

async function validate({ sent }: Call<'validate'>, { events, now }: ControlParts): Promise<Served> {
  const state = stateOf(await events.head());
  const headers = { 'X-Maintenance-Version': String(state.version) };
  return { answer: validateEnable(sent, state, now()), headers };
}
