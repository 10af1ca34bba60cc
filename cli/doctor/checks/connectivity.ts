import type { Finding } from '../../../core/health/finding.ts';
import type { Look } from '../observation.ts';
import { judged } from './doctor-checks.ts';
import type { HealthFacts, SessionsFacts } from './facts.ts';
import { component } from './services.ts';

export interface ConnectivityLooks {
  /** The status of the answer to `HEAD /api/maintenance/status`. */
  readonly head: Look<number>;
  readonly health: Look<HealthFacts>;
  /** A read of the event log by the doctor itself. */
  readonly ownRead: Look<unknown>;
  readonly sessions: Look<SessionsFacts>;
}

/** An answer takes a tenth of a second, the start of a function another one or two; longer than this, ms, and people wait. */
const SLOW_ANSWER = 2000;

const API_AWAY =
  'Check the address (--api) and the network: `curl -I ADDRESS/api/maintenance/status`. With AWS credentials, `maintenance doctor --direct` looks past the API.';
const AUTHORIZER_AWAY =
  'A 503 here means that the authorizer gives no decision: see functions, and the log of the function `authorizer`.';

/** Whether the parts can be reached, and how quickly. */
export function judgeConnectivity(looks: ConnectivityLooks): readonly Finding[] {
  return [
    judged('head_status', looks.head, API_AWAY, (status, say) => {
      if (status === 503) return say.failed('The API answers 503.', AUTHORIZER_AWAY);
      if (status !== 200) return say.failed(`The API answers ${status}, not 200.`, API_AWAY);
      const { latency } = looks.head as { readonly latency: number | null };
      return latency !== null && latency > SLOW_ANSWER
        ? say.warning(`The API answers, but took ${Math.round(latency)} ms.`, 'See performance.')
        : say.ok('The API answers 200.');
    }),
    judgeStateStore(looks),
    judged('issuer_keys', component(looks.health, 'issuer_keys'), ISSUER, (keys, say) =>
      keys.status === 'healthy' ? say.ok(keys.message) : say.warning(keys.message, ISSUER),
    ),
    judged('sessions', looks.sessions, 'See session_store.', (facts, say) => {
      const { total, by_role, without_role, unreadable, exact } = facts;
      const text = `${exact ? '' : 'About '}${total} sessions, ${by_role.admin} of them of admins`;
      const roleless = without_role + unreadable;
      return roleless > 0 && roleless >= total / 2
        ? say.warning(
            `${text}; ${roleless} name no role and count as members'.`,
            'Set the option that says where the role stands in a session: see docs/sessions.md; `maintenance sessions show ID` says what was found.',
          )
        : say.ok(`${text}.`);
    }),
  ];
}

const ISSUER =
  'Tokens are checked by the keys that are kept; they are fetched again every hour. Check that the issuer can be reached.';

/** From inside is how the gate itself reads it; the doctor's own read tells where nobody else does. */
function judgeStateStore({ ownRead, health }: ConnectivityLooks): Finding {
  const remedy = 'See event_log_read.';
  const inside = component(health, 'event_log');
  if (inside.outcome === 'unable' && ownRead.outcome !== 'unable') {
    return judged('state_store', ownRead, remedy, (_, say) => say.ok('The state table answers.'));
  }
  return judged('state_store', inside, remedy, ({ status, message }, say) => {
    if (status === 'unhealthy') return say.failed(`From inside: ${message}`, remedy);
    return status === 'degraded'
      ? say.warning(
          `From inside: ${message}`,
          'Look at the latency and the throttled requests of the table in CloudWatch.',
        )
      : say.ok(`From inside: ${message}`);
  });
}
