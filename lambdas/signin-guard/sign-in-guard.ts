import { StoreUnavailableError } from '../../core/errors.ts';
import { roleOfGroups } from '../../core/identity/identity.ts';
import { refuseRefresh, refuseSignIn } from '../../core/identity/sign-in.ts';
import type { State } from '../../core/state/state.ts';
import type { StateCache } from '../../core/state/state-cache.ts';

/**
 * What Cognito asks before it gives out a token, as far as it is read here; it goes back as it came.
 * Source: https://docs.aws.amazon.com/cognito/latest/developerguide/user-pool-lambda-pre-token-generation.html
 */
export interface PreTokenEvent {
  /** `TokenGeneration_Authentication`, `TokenGeneration_RefreshTokens` and so on. */
  readonly triggerSource: string;
  readonly userName: string;
  readonly request: {
    readonly groupConfiguration?: { readonly groupsToOverride?: readonly string[] | null } | null;
  };
}

interface SignInGuardParts {
  readonly states: Pick<StateCache, 'get'>;
  readonly adminGroups: readonly string[];
  readonly workerGroups: readonly string[];
  /** What to decide when no state has ever been read. */
  readonly stateUnknown: 'open' | 'closed';
  readonly log: (fields: Readonly<Record<string, unknown>>) => void;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
}

/** Refuses a token. Cognito shows its message to whoever wanted one. */
class SignInRefusedError extends Error {
  override readonly name = 'SignInRefusedError';
}

/** Why Cognito asks when somebody shows a refresh token. */
const REFRESH = 'TokenGeneration_RefreshTokens';

/**
 * The pre token generation trigger: members get no token while maintenance is active, and nobody gets one for an older
 * one that was revoked. Admins and workers who sign in are let through before anything is read, so nothing that is down
 * can keep them out.
 */
export function createSignInGuard(parts: SignInGuardParts) {
  return async (event: PreTokenEvent, context: { readonly awsRequestId: string }): Promise<PreTokenEvent> => {
    const { adminGroups: admins, workerGroups: workers, now, log } = parts;
    const groups = event.request.groupConfiguration?.groupsToOverride ?? [];
    const isMember = roleOfGroups(groups, { admins, workers }) === 'member';
    const isRefresh = event.triggerSource === REFRESH;
    if (!isMember && !isRefresh) return event;
    const at = { timestamp: new Date(now()).toISOString(), request_id: context.awsRequestId };
    const state = await newestState(parts, at);
    const refusal =
      (isRefresh ? refuseRefresh(state, event.userName, now()) : null) ??
      (isMember ? refuseSignIn(state, parts.stateUnknown, now()) : null);
    if (refusal === null) return event;
    const { reason, message, maintenance, version } = refusal;
    log({
      level: 'INFO',
      message: `[MAINTENANCE] Sign-in refused: user=${JSON.stringify(event.userName)} reason="${reason}"`,
      ...at,
      event: 'sign_in_refused',
      version,
      maintenance_id: maintenance?.id,
      mode: maintenance?.mode,
      user: event.userName,
      trigger: event.triggerSource,
    });
    throw new SignInRefusedError(message);
  };
}

async function newestState(
  { states, log }: SignInGuardParts,
  at: { readonly timestamp: string; readonly request_id: string },
): Promise<State | null> {
  try {
    return (await states.get()).state;
  } catch (error) {
    if (!(error instanceof StoreUnavailableError)) throw error;
    log({
      level: 'ERROR',
      message: 'The state of maintenance is unknown: the configured default decides who may sign in.',
      ...at,
      event: 'state_unknown',
      error: error.message,
      cause: error.cause instanceof Error ? error.cause.message : undefined,
    });
    return null;
  }
}
