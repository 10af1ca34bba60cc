import { KeptKeys, readKeysFromTable } from '../../adapters/lean/kept-keys.ts';
import { readRules } from '../../adapters/lean/read-rules.ts';
import { readState } from '../../adapters/lean/read-state.ts';
import type { TokenVerifier } from '../../adapters/lean/token-verifier.ts';
import { CatalogueCache } from '../../core/decision/classifier-cache.ts';
import { RouteMatcher } from '../../core/decision/route-matcher.ts';
import { Authorizer, type GatewayRequest } from '../../core/gate/authorizer.ts';
import { Offenders } from '../../core/gate/offenders.ts';
import { SharedOffenders } from '../../core/gate/shared-offenders.ts';
import { UsageKeyChooser } from '../../core/gate/usage-keys.ts';
import { followRefresh } from '../../core/state/follow-refresh.ts';
import { nextOccurrence } from '../../core/state/schedule.ts';
import type { State } from '../../core/state/state.ts';
import { StateCache } from '../../core/state/state-cache.ts';
import { awsIdentity } from '../aws/aws-identity.ts';
import { leanReads } from '../aws/lean-reads.ts';
import { type AuthorizerEvent, headerValues } from './authorizer-event.ts';
import { type AuthorizerResult, allowedOrigin, metered, toResult } from './authorizer-result.ts';
import { decisionLog } from './decision-log.ts';
import { identifiedOnce, toGatewayRequest } from './gateway-event.ts';
import type { CredentialSources, VerifyToken } from './identify.ts';
import { LazyRedis } from './lazy-redis.ts';
import { readSettings } from './settings.ts';
import { troubleLog } from './trouble-log.ts';

/** Longest that a request waits for the state, and for the issuer's keys, ms: well below the function's time limit. */
const READ_TIMEOUT = 1000;

/**
 * Longest that a request waits for the copy of the state where the instance knows none, ms. The function has 3 s: the
 * issuer's keys, for an admin's token, may take READ_TIMEOUT of them afterwards.
 */
const COPY_TIMEOUT = 1800;

const settings = readSettings(process.env);
const now = (): number => Date.now();

const write = (line: string): void => {
  process.stdout.write(line);
};
const trouble = troubleLog(write, now);

const identity = awsIdentity(process.env);
const reads = leanReads(process.env, identity, READ_TIMEOUT);

const keys = new KeptKeys(readKeysFromTable(reads, settings.table, settings.issuer));

let verifier: TokenVerifier | undefined;

/** Most starts decide without a token: the verifier is loaded with the first one. */
const verify: VerifyToken = async (token, at) => {
  if (verifier === undefined) {
    const lean = await import('../../adapters/lean/token-verifier.ts');
    verifier ??= new lean.TokenVerifier(settings, () => keys.get());
  }
  return verifier.verify(token, at);
};

const catalogue = new CatalogueCache((name) => readRules(reads, settings.table, settings.scope, name));

const ownOffenders = new Offenders(settings.offenderThreshold);

/** The state is read every second anyway, and the issuer's keys are kept only for when the table gives none. */
const follow = followRefresh(() => {
  catalogue.forget();
  verifier?.forget();
  ownOffenders.forget();
});

/**
 * The newest state, with the rules that it names made ready: both are in force at the same instant. Under maintenance,
 * or with one to come by the clock, the issuer's keys are fetched by the way, for the first admin to come.
 */
const readStateAndRules = async (): Promise<State> => {
  const state = await readState(reads, settings.table, settings.scope);
  follow(state);
  if (state.maintenance !== null || nextOccurrence(state.windows) !== null) keys.prepare();
  await catalogue.prepare(state);
  return state;
};

const { sessions } = settings;
const redis =
  sessions === undefined
    ? undefined
    : new LazyRedis({
        load: async () => {
          const { openGateRedis } = await import('#gate-redis');
          return openGateRedis(sessions, settings.scope, identity, trouble.stateReadFailed);
        },
        onFailure: trouble.sessionsUnavailable,
      });

/**
 * The copy of the state, with the keys to know its admins by. It says which rules are in force, and not what they are:
 * until they are known, the built-in ones decide.
 */
const readCopy = async ({ mirror }: LazyRedis): Promise<State | null> => {
  const [state] = await Promise.all([mirror.read(), keys.take(() => mirror.readKeys())]);
  if (state !== null) catalogue.prepare(state).catch(() => {});
  return state;
};

const states = new StateCache({
  read: readStateAndRules,
  ...(redis === undefined ? {} : { readCopy: () => readCopy(redis) }),
  copyPatience: COPY_TIMEOUT,
  onFailure: trouble.stateReadFailed,
  onCopy: trouble.stateCopied,
  now,
});

const authorizer = new Authorizer({
  states,
  offenders:
    redis === undefined
      ? ownOffenders
      : new SharedOffenders({ own: ownOffenders, counts: redis.offences, later: setImmediate }),
  alwaysAllowed: new RouteMatcher(
    settings.alwaysAllowed.map((path) => ({ method: 'ANY', path, value: true as const })),
  ),
  classifierOf: (state) => catalogue.classifierOf(state),
  stateUnknown: settings.stateUnknown,
  log: decisionLog(write),
  now,
});

const chooser =
  settings.usageKeys === undefined
    ? undefined
    : new UsageKeyChooser({ keys: settings.usageKeys, states, now });

const credentials: CredentialSources = {
  verify,
  allowedOrigins: settings.allowedOrigins,
  sessions: redis && sessions && { cookie: sessions.policy.cookie, store: redis.sessions },
};

/** The REQUEST authorizer of the REST API: Deny means maintenance, and nothing else. */
export function handler(event: AuthorizerEvent): Promise<AuthorizerResult> {
  const request = toGatewayRequest(event, credentials, settings.refusalForm);
  return chooser === undefined ? decide(event, request) : decideMetered(event, request, chooser);
}

async function decide(event: AuthorizerEvent, request: GatewayRequest): Promise<AuthorizerResult> {
  const verdict = await authorizer.authorize(request);
  const [origin] = verdict.effect === 'allow' ? [] : headerValues(event, 'origin');
  return toResult(verdict, allowedOrigin(origin, settings.allowedOrigins));
}

async function decideMetered(
  event: AuthorizerEvent,
  request: GatewayRequest,
  keys: UsageKeyChooser,
): Promise<AuthorizerResult> {
  const identified = identifiedOnce(request);
  const [result, key] = await Promise.all([decide(event, identified), keys.choose(identified)]);
  return metered(result, key);
}
