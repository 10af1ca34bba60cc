import { effective } from '../state/clock.ts';
import { revocationsAt } from '../state/revocations.ts';
import { type Maintenance, plannedEnd, type State } from '../state/state.ts';
import { readableUtc, truncate } from '../text.ts';

/** Why somebody is given no token, for whoever tries. */
interface SignInRefusal {
  readonly reason: 'maintenance_active' | 'state_unknown' | 'revoked';
  readonly message: string;
  /** Null where it is not for a maintenance that they are refused. */
  readonly maintenance: Maintenance | null;
  readonly version: number;
}

/** Characters of the reason that are shown: the identity provider passes on a short message. */
const MAX_REASON_LENGTH = 160;

/**
 * Whether a member may be given a token, by a sign-in or by a refresh: not while normal or emergency maintenance is
 * in force. Null when they may. Nobody else is asked about.
 *
 * @param state the newest state known, null when none is
 * @param stateUnknown what to decide then
 * @param now milliseconds since the epoch
 */
export function refuseSignIn(
  state: State | null,
  stateUnknown: 'open' | 'closed',
  now: number,
): SignInRefusal | null {
  if (state === null) {
    if (stateUnknown === 'open') return null;
    const message = 'It is not known at the moment whether maintenance is active. Try again in a minute';
    return { reason: 'state_unknown', message, maintenance: null, version: 0 };
  }
  const { maintenance, version } = effective(state, now);
  if (maintenance === null || maintenance.mode === 'test') return null;
  return { reason: 'maintenance_active', message: messageOf(maintenance, now), maintenance, version };
}

/**
 * Whether somebody may be given a token for an older one: not while their revocation stands, or it would end nothing
 * for who has a refresh token. A new sign-in is none of this. Null when they may, and where the state is not known.
 *
 * @param user the name that tokens have
 * @param now milliseconds since the epoch
 */
export function refuseRefresh(state: State | null, user: string, now: number): SignInRefusal | null {
  if (state === null || !revocationsAt(state, now).some(({ id }) => id === user)) return null;
  const message = 'Your sign-in was ended by an administrator. Sign in again';
  return { reason: 'revoked', message, maintenance: null, version: state.version };
}

/** In ASCII, one line, without a full stop at its end: the identity provider adds one. */
function messageOf(maintenance: Maintenance, now: number): string {
  const what = { normal: 'Maintenance', emergency: 'Emergency maintenance', test: 'A rehearsal' }[
    maintenance.mode
  ];
  const reason = inAscii(maintenance.reason);
  const end = plannedEnd(maintenance);
  return [
    `${what} is in progress${reason === '' ? '' : `: ${reason}`}.`,
    ...(end === null
      ? []
      : [end <= now ? 'It is taking longer than planned.' : `Expected end: ${readableUtc(end)}.`]),
    'Members cannot sign in until it is over',
  ].join(' ');
}

/** A text in the characters that every client shows; empty when too little of it is left. */
function inAscii(text: string): string {
  const plain = text
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .replace(/\s+/g, ' ')
    .replace(/[^ -~]+/g, '?')
    .trim();
  if (!/[A-Za-z0-9]/.test(plain)) return '';
  const short =
    plain.length > MAX_REASON_LENGTH ? `${truncate(plain, MAX_REASON_LENGTH - 3).trimEnd()}...` : plain;
  return short.replace(/(?<=[^.])\.$/, '');
}
