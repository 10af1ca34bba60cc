import { KeptKeys, readKeysFromTable } from '../../adapters/lean/kept-keys.ts';
import { readRules } from '../../adapters/lean/read-rules.ts';
import { Offenders } from '../../core/attempts/offenders.ts';
import { SharedOffenders } from '../../core/attempts/shared-offenders.ts';
import { alwaysAllowedRoutes } from '../../core/decision/always-allowed.ts';
import { CatalogueCache } from '../../core/decision/classifier-cache.ts';
import { Authorizer } from '../../core/gate/authorizer.ts';
import { UsageKeyChooser } from '../../core/gate/usage-keys.ts';
import { followRefresh } from '../../core/state/follow-refresh.ts';
import { StateCache } from '../../core/state/state-cache.ts';
import { awsIdentity } from '../aws/aws-identity.ts';
import { leanReads } from '../aws/lean-reads.ts';
import { createAuthorizerHandler } from './authorizer-handler.ts';
import { decisionLog } from './decision-log.ts';
import { LazyRedis } from './lazy-redis.ts';
import { LazyVerifier } from './lazy-verifier.ts';
import { readSettings } from './settings.ts';
import { readCopy, readStateAndRules } from './state-reads.ts';
import { troubleLog } from './trouble-log.ts';

/** Longest that a request waits for the state, and for the issuer's keys, ms: well below the function's time limit. */
const READ_TIMEOUT = 1000;
/**
 * Longest that a request waits for the copy of the state where the instance knows none, ms. The function has 3 s: the
 * issuer's keys, for an admin's token, may take READ_TIMEOUT of them afterwards.
 */
const COPY_TIMEOUT = 1800;

const settings = readSettings(process.env);
const { table, scope, sessions, allowedOrigins } = settings;
const now = (): number => Date.now();
const write = (line: string): void => {
  process.stdout.write(line);
};
const trouble = troubleLog(write, now);
const identity = awsIdentity(process.env);
const reads = leanReads(process.env, identity, READ_TIMEOUT);
const keys = new KeptKeys(readKeysFromTable(reads, table, settings.issuer));
const verifier = new LazyVerifier(settings, keys);
const catalogue = new CatalogueCache((name) => readRules(reads, table, scope, name));
const ownOffenders = new Offenders(settings.offenderThreshold);

/** The state is read every second anyway, and the issuer's keys are kept only for when the table gives none. */
const follow = followRefresh(() => {
  catalogue.forget();
  verifier.forget();
  ownOffenders.forget();
});

const redis =
  sessions &&
  new LazyRedis({
    load: async () => {
      const { openGateRedis } = await import('#gate-redis');
      return openGateRedis(sessions, scope, identity, trouble.stateReadFailed);
    },
    onFailure: trouble.sessionsUnavailable,
  });

const states = new StateCache({
  read: () => readStateAndRules({ reads, table, scope, keys, catalogue, follow }),
  ...(redis && { readCopy: () => readCopy({ keys, catalogue }, redis) }),
  copyPatience: COPY_TIMEOUT,
  onFailure: trouble.stateReadFailed,
  onCopy: trouble.stateCopied,
  now,
});

const authorizer = new Authorizer({
  states,
  offenders: redis
    ? new SharedOffenders({ own: ownOffenders, counts: redis.offences, later: setImmediate })
    : ownOffenders,
  alwaysAllowed: alwaysAllowedRoutes(settings.alwaysAllowed),
  classifierOf: (state) => catalogue.classifierOf(state),
  stateUnknown: settings.stateUnknown,
  log: decisionLog(write),
  now,
});

export const handler = createAuthorizerHandler({
  authorizer,
  chooser: settings.usageKeys && new UsageKeyChooser({ keys: settings.usageKeys, states, now }),
  credentials: {
    verify: (token, at) => verifier.verify(token, at),
    allowedOrigins,
    sessions: redis &&
      sessions && {
        cookie: sessions.policy.cookie,
        onControlRoutes: sessions.controlCookies,
        store: redis.sessions,
      },
  },
  allowedOrigins,
  refusalForm: settings.refusalForm,
});
