import type { CanaryAnswer } from '../agreement.ts';
import { checksOf } from './check.ts';

export interface EnforcementFacts {
  readonly decisions: {
    readonly answers: readonly CanaryAnswer[];
    /** Of the answers, those that still differ from the state when it can't be because of a change under way. */
    readonly differing: readonly CanaryAnswer[];
    /** What the canary has to meet by the newest state, and its version; null where nobody knows it. */
    readonly newest: { readonly expected: 'allowed' | 'blocked'; readonly version: number } | null;
  };
  /** The status of the application's answer to a call past the gateway; null when it let nobody connect. */
  readonly originStatus: number | null;
}

const check = checksOf<EnforcementFacts>('enforcement');

const MISMATCH =
  'Some instance decides by an old state, or a method is not guarded: see event_log_read and api_methods. `maintenance refresh` has every instance read the state anew.';
const UNDECIDED =
  'See head_status, and functions for the authorizer. Until it works, callers get 503 with Retry-After 5; `maintenance disable --direct` needs no gateway.';
const UNKNOWN_STATE =
  'The gateway decides, but the newest state could not be read, so nobody knows whether it decides rightly.';
const CLOSE =
  'Have it check the secret that the gateway sends, or close its network: docs/configuration.md#closing-the-way-round-the-gateway.';

/** Whether the gateway does what the state says, and is the only way in. */
export const ENFORCEMENT_CHECKS = {
  enforcement: check({
    of: 'decisions',
    component: 'authorizer',
    remedy: UNDECIDED,
    judge: ({ answers, differing, newest }, say) => {
      const undecided = answers.find(({ decision }) => decision === 'unavailable');
      if (undecided !== undefined) {
        return say.failed(`The canary route answers ${undecided.status}, which is no decision.`, UNDECIDED);
      }
      if (newest === null) return say.unknown(UNKNOWN_STATE, 'See event_log_read.');
      const { expected, version } = newest;
      const contrary = differing.filter(({ decision }) => decision !== expected).length;
      const calls = `${contrary} of ${answers.length} calls, version ${version}`;
      if (expected === 'blocked') {
        return contrary > 0
          ? say.failed(`Maintenance is active, and the canary is NOT blocked (${calls}).`, MISMATCH)
          : say.ok('The canary is blocked, as it should be.');
      }
      return contrary > 0
        ? say.failed(`Nothing is to be blocked, and the canary is (${calls}).`, MISMATCH)
        : say.ok('The canary passes, as it should.');
    },
  }),
  decided_version: check({
    of: 'decisions',
    component: 'authorizer',
    after: 'enforcement',
    remedy: 'See enforcement.',
    judge: ({ answers, differing, newest }, say) => {
      if (newest === null || answers.some(({ decision }) => decision === 'unavailable')) {
        return say.unknown('Nobody knows whether it was decided by the newest version.', 'See enforcement.');
      }
      const stale = differing.flatMap(({ version }) =>
        version !== null && version < newest.version ? [version] : [],
      );
      if (stale.length > 0) {
        return say.failed(
          `It was decided by version ${Math.min(...stale)}; the newest is ${newest.version}.`,
          MISMATCH,
        );
      }
      const versions = answers.flatMap(({ version }) => version ?? []);
      if (versions.length < answers.length) {
        return say.unknown(
          'The answer does not tell the version that it was decided by.',
          'Where a state is known, the answer tells it: see state_source and event_log_read.',
        );
      }
      const oldest = Math.min(...versions);
      return say.ok(
        oldest >= newest.version
          ? `It was decided by version ${oldest}, the newest.`
          : `It was decided by version ${oldest}; version ${newest.version} is on its way.`,
      );
    },
  }),
  /**
   * Who gets an answer past the gateway is not blocked by it. Refused is 401 or 403; any other answer, a 404 too, is
   * one that the application gave as it gives it to everybody.
   */
  origin_closed: check({
    of: 'originStatus',
    component: 'origin',
    remedy: CLOSE,
    judge: (status, say) => {
      if (status === null) return say.ok('The application lets nobody connect past the gateway.');
      if (status === 401 || status === 403) {
        return say.ok(`The application refuses requests past the gate (${status}).`);
      }
      return status >= 500
        ? say.unknown(
            `The application answers ${status} to a call past the gateway.`,
            'Cure the application first: nobody can tell whether it would refuse.',
          )
        : say.failed(
            `The application answers ${status} to a call past the gateway: maintenance does not block those.`,
            CLOSE,
          );
    },
  }),
};
