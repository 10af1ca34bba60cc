import { effective } from '../state/clock.ts';
import { ownOperations, type State } from '../state/state.ts';
import { warningsFor } from './answer.ts';
import { applyCommand } from './apply-command.ts';
import type { EnableCommand } from './command.ts';
import { type Impact, impactOf } from './impact.ts';
import type { CommandOutcome, Conflict, FieldProblem } from './outcome.ts';
import { parseCommand } from './parse-command.ts';

/** Why `enable` would refuse: a field that doesn't fit, or the present state (then `field` is null). */
export interface ValidationError {
  readonly field: string | null;
  /** The error code that `enable` would answer with. */
  readonly code: 'invalid_request' | Conflict['code'];
  readonly message: string;
  /** The call that would work, where the present state is in the way; else null. */
  readonly remedy: string | null;
}

/** What `POST /api/maintenance/validate` answers. */
export interface Validation {
  /** Whether `enable` would be carried out, the state being as it is. */
  readonly valid: boolean;
  readonly errors: readonly ValidationError[];
  /** What might not have been meant. Warnings never refuse. */
  readonly warnings: readonly string[];
  /** Null where fields don't fit: nobody can say what such a maintenance would do. */
  readonly impact: Impact | null;
}

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
    errors: [{ field: null, code, message, remedy }, ...otherwise.errors],
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
