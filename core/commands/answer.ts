import { blockedOperations } from '../decision/decide.ts';
import { type DeployedParts, EVERYTHING } from '../deployed-parts.ts';
import type { EventDraft } from '../events/event.ts';
import { EMPTY_ENTRY, type PurgeRecord } from '../purge/record.ts';
import { effective } from '../state/clock.ts';
import { nextOccurrence } from '../state/schedule.ts';
import { ownOperations, type Plan, plannedEnd, type State } from '../state/state.ts';
import type { StatusView } from '../status/schemas.ts';
import { statusView } from '../status/status-view.ts';
import { rfc3339 } from '../text.ts';
import type { Command, PurgeSessionsCommand, RevokeCommand } from './command.ts';
import type {
  DisableAnswer,
  EnableAnswer,
  LogLevelAnswer,
  PurgeAnswer,
  RefreshAnswer,
  RevocationAnswer,
} from './schemas.ts';

/** What a command answers. */
type CommandAnswer =
  | StatusView
  | EnableAnswer
  | DisableAnswer
  | PurgeAnswer
  | RevocationAnswer
  | RefreshAnswer
  | LogLevelAnswer;

/**
 * The answer to a command that was accepted: the state after it, and what belongs to the command.
 *
 * @param purging what the record of purging said before the command; null when it is not known
 * @param activeJobs how many jobs are active; null where that can't be told
 * @param deployed what is deployed; everything where it is not said
 */
export function commandAnswer(
  command: Command,
  accepted: EventDraft,
  before: State,
  purging: PurgeRecord | null = null,
  activeJobs: number | null = null,
  deployed: DeployedParts = EVERYTHING,
): CommandAnswer {
  if (command.type === 'purge_sessions') return purgeAnswer(command, accepted);
  if (command.type === 'revoke') return revocationAnswer(command, accepted);
  if (command.type === 'refresh') {
    return { requested_at: rfc3339(accepted.at), version: accepted.state.version };
  }
  if (command.type === 'log_level') return logLevelAnswer(accepted);
  const view = statusView(accepted.state, {
    now: accepted.at,
    forAdmin: true,
    source: 'event_log',
    // What has just begun has ended nobody's session yet.
    purging: accepted.type === 'activated' ? (purging ?? EMPTY_ENTRY) : purging,
    activeJobs,
    deployed,
  });
  switch (command.type) {
    case 'enable':
    case 'emergency':
    case 'deescalate':
    case 'update':
      return { ...view, warnings: warningsFor(accepted, before) };
    case 'disable': {
      const { maintenance } = effective(before, accepted.at);
      const enforced = maintenance !== null && maintenance.mode !== 'test';
      return {
        ...view,
        duration: accepted.type === 'deactivated' ? accepted.details.duration : 0,
        operations_resumed: enforced ? blockedOperations(maintenance, ownOperations(before)) : [],
        report_id: accepted.maintenanceId,
      };
    }
    case 'reset':
      return view;
  }
}

function logLevelAnswer({ state: { debugUntil, version } }: EventDraft): LogLevelAnswer {
  return debugUntil === undefined
    ? { level: 'info', until: null, version }
    : { level: 'debug', until: rfc3339(debugUntil), version };
}

function purgeAnswer({ all }: PurgeSessionsCommand, { state, at, details }: EventDraft): PurgeAnswer {
  return {
    purge_id: purgeIdOf(details),
    scope: all ? 'everybody' : 'members',
    requested_at: rfc3339(at),
    version: state.version,
  };
}

function revocationAnswer(
  { principal }: RevokeCommand,
  { state, at, details }: EventDraft,
): RevocationAnswer {
  const before = state.revoked?.find(({ id }) => id === principal)?.before ?? at;
  return {
    principal,
    revoked_before: rfc3339(before),
    purge_id: purgeIdOf(details),
    version: state.version,
  };
}

function purgeIdOf(details: EventDraft['details']): string {
  return 'purge_id' in details ? details.purge_id : '';
}

/** What an admin might not have meant, or not have known. */
export function warningsFor(accepted: EventDraft, before: State): string[] {
  const { maintenance } = accepted.state;
  if (maintenance === null) return [];
  const warnings: string[] = [];
  if (before.maintenance?.mode === 'test' && accepted.type === 'activated') {
    warnings.push('The test run that was active has been completed.');
  }
  if (maintenance.mode === 'emergency') {
    const end = maintenance.suspended?.endsAt ?? null;
    if (end !== null) {
      warnings.push(`The planned end (${rfc3339(end)}) is suspended until the emergency is de-escalated.`);
    }
    return warnings;
  }
  return [...warnings, ...planWarnings(maintenance), ...windowWarnings(accepted.state)];
}

/** What an admin might not have meant by a plan. */
export function planWarnings({ endsAt: end, autoEnd, blockedOperations: named }: Plan): string[] {
  const warnings: string[] = [];
  if (named !== null && !named.includes('unknown')) {
    warnings.push(
      'blocked_operations leaves out "unknown": writes that no rule covers stay open to everybody.',
    );
  }
  if (end === null) {
    warnings.push(
      'No end is given: nobody can be told when to come back, and nobody is warned if it takes too long.',
    );
  } else if (!autoEnd) {
    warnings.push(
      `The maintenance goes on after its end (${rfc3339(end)}) until it is disabled; set auto_end to end it by the clock.`,
    );
  }
  return warnings;
}

/** What a maintenance does to the window that comes next, where the two meet. */
export function windowWarnings({ maintenance, windows }: State): string[] {
  const next = nextOccurrence(windows);
  if (maintenance === null || next === null) return [];
  const end = plannedEnd(maintenance);
  if (end !== null && end <= next.startsAt) return [];
  const what = `Window ${next.window.id} begins at ${rfc3339(next.startsAt)}`;
  return maintenance.mode === 'test'
    ? [`${what}: it ends this test run, if that is still active then.`]
    : [`${what}: if this maintenance is still active then, it absorbs the window.`];
}
