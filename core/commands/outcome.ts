import type { EventDraft } from '../events/event.ts';

/** Why a command can't be carried out in the present state. It changes nothing. */
export interface Conflict {
  readonly code:
    | 'maintenance_already_active'
    | 'maintenance_not_active'
    | 'no_such_occurrence'
    | 'not_in_emergency'
    | 'rule_too_wide'
    | 'rule_exists'
    | 'rule_in_use'
    | 'rule_not_found'
    | 'state_changed'
    | 'too_many_revocations'
    | 'window_not_found'
    | 'window_overlap'
    | 'window_running';
  /** Names the mode, who holds it and since when. */
  readonly message: string;
  /** The call that would work. */
  readonly remedy: string;
}

/** A value that does not fit, by the name it has in the HTTP API. */
export interface FieldProblem {
  readonly field: string;
  readonly message: string;
}

/** What a command, or another change, comes to in a state: the event to append, or why there is none. */
export type CommandOutcome =
  | { readonly outcome: 'event'; readonly draft: EventDraft }
  | { readonly outcome: 'conflict'; readonly conflict: Conflict }
  | { readonly outcome: 'invalid'; readonly problems: readonly FieldProblem[] };

export function accepted(draft: EventDraft): CommandOutcome {
  return { outcome: 'event', draft };
}

export function conflict(found: Conflict): CommandOutcome {
  return { outcome: 'conflict', conflict: found };
}

export function invalid(problems: readonly FieldProblem[]): CommandOutcome {
  return { outcome: 'invalid', problems };
}
