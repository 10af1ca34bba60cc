import { effective } from '../state/clock.ts';
import { ownOperations, type State } from '../state/state.ts';
import { warningsFor } from './answer.ts';
import { applyCommand } from './apply-command.ts';
import type { EnableCommand } from './command.ts';
import { impactOf } from './impact.ts';
import type { CommandOutcome, FieldProblem } from './outcome.ts';
import { parseCommand } from './parse-command.ts';
import type { Validation, ValidationError } from './schemas.ts';

/**
 * Judges the body of an `enable` by the rules of `enable` and changes nothing. Where the present state is in the way
 * that is one error, told together with the impact that the maintenance would have without it.
 *
 * @param state the newest state
 * @param now ms since the epoch
 * @example validateEnable({ reason: '' }, INITIAL_STATE, now).errors // [{ field: 'reason', … }]
 */
export function validateEnable(body: unknown, state: State, now: number): Validation {
  const parsed = parseCommand('enable', body);
  if (!parsed.ok) return invalid(parsed.problems);
  const command = parsed.value as EnableCommand;
  const present = effective(state, now);
  const applied = applyEnable(command, present, now);
  if (applied.outcome !== 'conflict') return validationOf(applied, command, present);
  const { code, message, remedy } = applied.conflict;
  const free = { ...present, maintenance: null };
  const otherwise = validationOf(applyEnable(command, free, now), command, free);
  return {
    ...otherwise,
    valid: false,
    // Of all conflicts, `enable` meets these alone.
    errors: [{ field: null, code: code as ValidationError['code'], message, remedy }, ...otherwise.errors],
  };
}

/** Nothing is written, so neither the actor nor the id will be seen. */
function applyEnable(command: EnableCommand, state: State, now: number): CommandOutcome {
  return applyCommand(state, command, {
    actor: { id: '-', role: 'admin', via: 'api' },
    now,
    newId: () => '-',
  });
}

function validationOf(applied: CommandOutcome, command: EnableCommand, before: State): Validation {
  if (applied.outcome !== 'event') {
    return invalid(applied.outcome === 'invalid' ? applied.problems : []);
  }
  const { draft } = applied;
  const { maintenance } = draft.state;
  const endsSessions = command.mode === 'normal' && command.invalidateSessions;
  const isPlan = maintenance !== null && maintenance.mode !== 'emergency';
  return {
    valid: true,
    errors: [],
    warnings: warningsFor(draft, before),
    impact: isPlan ? impactOf(maintenance, endsSessions, ownOperations(before)) : null,
  };
}

function invalid(problems: readonly FieldProblem[]): Validation {
  const errors = problems.map(
    ({ field, message }): ValidationError => ({ field, code: 'invalid_request', message, remedy: null }),
  );
  return { valid: false, errors, warnings: [], impact: null };
}
