import type { CommandType } from '../../core/commands/parse-command.ts';
import type { Call } from './transport.ts';

const COMMANDS: Readonly<Record<string, CommandType>> = {
  'POST /enable': 'enable',
  'POST /emergency': 'emergency',
  'POST /deescalate': 'deescalate',
  'POST /disable': 'disable',
  'PATCH ': 'update',
  'POST /sessions/purge': 'purge_sessions',
  'POST /revocations': 'revoke',
  'POST /refresh': 'refresh',
  'POST /log-level': 'log_level',
  'POST /reset': 'reset',
};

const LOOKS: ReadonlySet<string> = new Set(['GET /status', 'GET /history', 'POST /validate']);

/** The command that a call gives; undefined where it gives none that can go past the API. */
export function directCommand(call: Call): CommandType | undefined {
  return COMMANDS[routeOf(call)];
}

/** Whether --direct can do what a call of the API does. */
export function hasDirectWay(call: Call): boolean {
  return LOOKS.has(routeOf(call)) || directCommand(call) !== undefined;
}

function routeOf({ method, path }: Call): string {
  return `${method} ${path}`;
}
