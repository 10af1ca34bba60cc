import { setTimeout as delay } from 'node:timers/promises';
import { LOCAL_REGION } from '../../account.ts';
import type { FunctionErrorPayload, FunctionInvoker } from '../../local-services.ts';
import { AwsError } from '../aws-call.ts';
import type { Claims } from './token-key.ts';

/** The function that a pool asks before it gives tokens out. */
export interface PreTokenFunction {
  readonly arn: string;
  readonly version: 'V1_0' | 'V2_0' | 'V3_0';
}

/** A token about to be made, and for whom. */
interface PreTokenRequest {
  readonly access: Claims;
  readonly id: Claims;
  readonly poolId: string;
  readonly clientId: string;
  readonly clientMetadata: Readonly<Record<string, string>> | undefined;
  readonly username: string;
  readonly attributes: Readonly<Record<string, string | undefined>>;
  readonly groups: readonly string[];
  /** The end of the trigger's name, such as `Authentication` or `RefreshTokens`. */
  readonly source: string;
}

interface ClaimChanges {
  readonly claimsToAddOrOverride?: Claims | null;
  readonly claimsToSuppress?: readonly string[] | null;
  readonly scopesToAdd?: readonly string[] | null;
  readonly scopesToSuppress?: readonly string[] | null;
}

interface TriggerResponse {
  readonly claimsOverrideDetails?:
    | (ClaimChanges & { readonly groupOverrideDetails?: GroupOverride | null })
    | null;
  readonly claimsAndScopeOverrideDetails?: {
    readonly idTokenGeneration?: ClaimChanges | null;
    readonly accessTokenGeneration?: ClaimChanges | null;
    readonly groupOverrideDetails?: GroupOverride | null;
  } | null;
}

interface GroupOverride {
  readonly groupsToOverride?: readonly string[] | null;
}

/** Milliseconds that Cognito waits for a trigger. */
const TIMEOUT_MS = 5_000;

/** Claims that a trigger can't change. Source: "Pre token generation Lambda trigger", excluded claims. */
const FIXED_CLAIMS = new Set(
  'acr amr at_hash auth_time azp event_id exp iat iss jti origin_jti sub token_use client_id aud cognito:username username nbf nonce identities'.split(
    ' ',
  ),
);

/** The pre token generation trigger. Source: "Pre token generation Lambda trigger" of the Cognito developer guide. */
export class PreTokenTrigger {
  readonly #functions: () => FunctionInvoker;
  readonly #functionOf: (poolId: string) => PreTokenFunction | undefined;

  constructor(
    functions: () => FunctionInvoker,
    functionOf: (poolId: string) => PreTokenFunction | undefined,
  ) {
    this.#functions = functions;
    this.#functionOf = functionOf;
  }

  /** The claims after the trigger; throws AwsError UserLambdaValidationException when it refuses. */
  async run(request: PreTokenRequest): Promise<{ access: Claims; id: Claims }> {
    const configured = this.#functionOf(request.poolId);
    if (!configured) return request;
    const response = await this.#invoke(configured, request);
    if (configured.version === 'V1_0') {
      const changes = response.claimsOverrideDetails;
      const grouped = withGroups(request, changes?.groupOverrideDetails);
      return { access: grouped.access, id: changed(grouped.id, changes) };
    }
    const changes = response.claimsAndScopeOverrideDetails;
    const grouped = withGroups(request, changes?.groupOverrideDetails);
    const access = changed(grouped.access, changes?.accessTokenGeneration);
    return {
      access: withScopes(access, changes?.accessTokenGeneration),
      id: changed(grouped.id, changes?.idTokenGeneration),
    };
  }

  async #invoke({ arn, version }: PreTokenFunction, request: PreTokenRequest): Promise<TriggerResponse> {
    const waiting = new AbortController();
    const answer = await Promise.race([
      this.#functions().invoke(arn, JSON.stringify(triggerEvent(version, request))),
      delay(TIMEOUT_MS, undefined, { signal: waiting.signal }).catch(() => undefined),
    ]);
    waiting.abort();
    if (!answer) {
      throw new AwsError(
        'UnexpectedLambdaException',
        'PreTokenGeneration invocation failed due to error Socket timeout while invoking Lambda function.',
      );
    }
    if (answer.functionError) {
      const { errorMessage } = JSON.parse(answer.payload) as FunctionErrorPayload;
      throw new AwsError(
        'UserLambdaValidationException',
        `PreTokenGeneration failed with error ${errorMessage}.`,
      );
    }
    const event = JSON.parse(answer.payload) as { response?: TriggerResponse } | null;
    if (!event?.response)
      throw new AwsError('InvalidLambdaResponseException', 'Unrecognizable lambda output');
    return event.response;
  }
}

function triggerEvent(version: PreTokenFunction['version'], request: PreTokenRequest): object {
  const first = version === 'V1_0';
  return {
    version: version.slice(1, 2),
    triggerSource: `TokenGeneration_${request.source}`,
    region: LOCAL_REGION,
    userPoolId: request.poolId,
    userName: request.username,
    callerContext: { awsSdkVersion: 'aws-sdk-unknown-unknown', clientId: request.clientId },
    request: {
      userAttributes: request.attributes,
      groupConfiguration: { groupsToOverride: request.groups, iamRolesToOverride: [], preferredRole: null },
      ...(first ? {} : { scopes: String(request.access.scope).split(' ') }),
      ...(request.clientMetadata ? { clientMetadata: request.clientMetadata } : {}),
    },
    response: first ? { claimsOverrideDetails: null } : { claimsAndScopeOverrideDetails: null },
  };
}

function changed(claims: Claims, changes: ClaimChanges | null | undefined): Claims {
  const added = Object.entries(changes?.claimsToAddOrOverride ?? {});
  const suppressed = changes?.claimsToSuppress ?? [];
  return Object.fromEntries(
    [...Object.entries(claims), ...added.filter(([name]) => !FIXED_CLAIMS.has(name))].filter(
      ([name]) => FIXED_CLAIMS.has(name) || !suppressed.includes(name),
    ),
  );
}

function withGroups(
  { access, id }: PreTokenRequest,
  override: GroupOverride | null | undefined,
): { access: Claims; id: Claims } {
  if (!override?.groupsToOverride) return { access, id };
  const groups = { 'cognito:groups': override.groupsToOverride };
  return { access: { ...access, ...groups }, id: { ...id, ...groups } };
}

function withScopes(claims: Claims, changes: ClaimChanges | null | undefined): Claims {
  const kept = String(claims.scope)
    .split(' ')
    .filter((scope) => !changes?.scopesToSuppress?.includes(scope));
  return { ...claims, scope: [...kept, ...(changes?.scopesToAdd ?? [])].join(' ') };
}
