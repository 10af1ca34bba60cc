import type { HealthStatus } from '../schemas.ts';
import { OLD_KEYS_MS, SLOW_ANSWER_MS } from '../thresholds.ts';
import { checksOf, minutes } from './check.ts';

export interface ConnectivityFacts {
  /** The answer to `HEAD /api/maintenance/status`. */
  readonly head: { readonly status: number; readonly milliseconds: number | null };
  /** What the functions say of the event log, or what the doctor's own read of it says where they can't be asked. */
  readonly stateStore: { readonly status: HealthStatus; readonly text: string };
  /** How long ago the issuer's keys were renewed, ms; null when none are kept. */
  readonly issuerKeysAge: number | null;
  readonly sessions: {
    readonly total: number;
    readonly by_role: { readonly admin: number };
    readonly without_role: number;
    readonly unreadable: number;
    readonly exact: boolean;
  };
}

const check = checksOf<ConnectivityFacts>('connectivity');

const API_AWAY =
  'Check the address (--api) and the network: `curl -I ADDRESS/api/maintenance/status`. With AWS credentials, `maintenance doctor --direct` looks past the API.';
const AUTHORIZER_AWAY =
  'A 503 here means that the authorizer gives no decision: see functions, and the log of the function `authorizer`.';
const ISSUER =
  'Tokens are checked by the keys that are kept; the function tick fetches them again every hour: look for `tick_failed` in its log, and check that the issuer can be reached.';

/** Whether the parts can be reached, and how quickly. */
export const CONNECTIVITY_CHECKS = {
  head_status: check({
    of: 'head',
    remedy: API_AWAY,
    judge: ({ status, milliseconds }, say) => {
      if (status === 503) return say.failed('The API answers 503.', AUTHORIZER_AWAY);
      if (status !== 200) return say.failed(`The API answers ${status}, not 200.`, API_AWAY);
      return milliseconds !== null && milliseconds > SLOW_ANSWER_MS
        ? say.warning(`The API answers, but took ${Math.round(milliseconds)} ms.`, 'See performance.')
        : say.ok('The API answers 200.');
    },
  }),
  state_store: check({
    of: 'stateStore',
    remedy: 'See event_log_read.',
    judge: ({ status, text }, say) => {
      if (status === 'unhealthy') return say.failed(text, 'See event_log_read.');
      return status === 'degraded'
        ? say.warning(text, 'Look at the latency and the throttled requests of the table in CloudWatch.')
        : say.ok(text);
    },
  }),
  issuer_keys: check({
    of: 'issuerKeysAge',
    component: 'issuer_keys',
    remedy: ISSUER,
    judge: (age, say) => {
      if (age === null)
        return say.failed("No keys of the issuer are kept: nobody's token can be checked.", ISSUER);
      const text = `The issuer's keys were renewed ${minutes(age)} ago.`;
      return age > OLD_KEYS_MS ? say.warning(text, ISSUER) : say.ok(text);
    },
  }),
  sessions: check({
    of: 'sessions',
    remedy: 'See session_store.',
    judge: ({ total, by_role, without_role, unreadable, exact }, say) => {
      const text = `${exact ? '' : 'About '}${total} sessions, ${by_role.admin} of them of admins`;
      const roleless = without_role + unreadable;
      return roleless > 0 && roleless >= total / 2
        ? say.warning(
            `${text}; ${roleless} name no role and count as members'.`,
            'Set the option that says where the role stands in a session: see docs/sessions.md; `maintenance sessions show ID` says what was found.',
          )
        : say.ok(`${text}.`);
    },
  }),
};
