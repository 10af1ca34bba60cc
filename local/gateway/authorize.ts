import { LOCAL_ACCOUNT, LOCAL_REGION } from '../account.ts';
import { wildcard } from '../iam.ts';
import { FunctionThrottled } from '../lambda-function.ts';
import type { FunctionErrorPayload, FunctionInvoker } from '../local-services.ts';
import type { Exchange } from './exchange.ts';
import { GatewayFailure } from './gateway-failure.ts';
import { mappedValue } from './gateway-response.ts';
import { requestEvent } from './proxy-event.ts';
import type { Authorizer, RestApi } from './rest-api.ts';

/** A larger result counts as a broken one. Source: "Amazon API Gateway quotas", authorizer result. */
const RESULT_LIMIT_BYTES = 8_000;

interface AuthorizerResult {
  readonly principalId?: unknown;
  readonly policyDocument?: { readonly Statement?: unknown };
  readonly context?: Readonly<Record<string, unknown>> | null;
  readonly usageIdentifierKey?: unknown;
}

/**
 * Asks a method's authorizer and adds what it passes on to the exchange. Throws GatewayFailure where the
 * request ends here: ACCESS_DENIED, UNAUTHORIZED, AUTHORIZER_FAILURE (threw, crashed, timed out, throttled)
 * or AUTHORIZER_CONFIGURATION_ERROR (a result that is none).
 * Source: "Output from an API Gateway Lambda authorizer".
 */
export async function authorize(
  api: RestApi,
  authorizer: Authorizer,
  functions: FunctionInvoker,
  exchange: Exchange,
): Promise<void> {
  const { request, variables } = exchange;
  const missing = authorizer.identitySources.find((source) => !mappedValue(source, request, variables));
  if (missing) throw new GatewayFailure('UNAUTHORIZED', `the request has no ${missing}`);
  const methodArn = `arn:aws:execute-api:${LOCAL_REGION}:${LOCAL_ACCOUNT}:${api.id}/${api.stage}/${request.method}${request.path}`;
  const event = { type: 'REQUEST', methodArn, ...requestEvent(api, exchange) };
  const started = performance.now();
  const payload = await ask(functions, authorizer, JSON.stringify(event)).finally(() =>
    variables.set('authorizer.latency', String(Math.round(performance.now() - started))),
  );
  const result = checkedResult(payload);
  variables.set('authorizer.status', '200');
  exchange.authorizer = passedOn(result, variables);
  if (typeof result.usageIdentifierKey === 'string') exchange.usageIdentifierKey = result.usageIdentifierKey;
  if (!allows(result, methodArn))
    throw new GatewayFailure('ACCESS_DENIED', 'the authorizer denied the request');
}

async function ask(functions: FunctionInvoker, authorizer: Authorizer, event: string): Promise<string> {
  const outcome = await functions.invoke(authorizer.functionArn, event).catch((cause: unknown) => {
    if (cause instanceof FunctionThrottled)
      throw new GatewayFailure('AUTHORIZER_FAILURE', cause.message, { cause });
    throw cause;
  });
  if (!outcome.functionError) return outcome.payload;
  const { errorMessage } = JSON.parse(outcome.payload) as FunctionErrorPayload;
  if (errorMessage === 'Unauthorized')
    throw new GatewayFailure('UNAUTHORIZED', 'the authorizer threw Unauthorized');
  throw new GatewayFailure('AUTHORIZER_FAILURE', errorMessage);
}

function checkedResult(payload: string): AuthorizerResult {
  const invalid = (why: string) => new GatewayFailure('AUTHORIZER_CONFIGURATION_ERROR', why);
  const size = Buffer.byteLength(payload);
  if (size > RESULT_LIMIT_BYTES)
    throw invalid(`the result has ${size} bytes, ${RESULT_LIMIT_BYTES} are allowed`);
  const result = JSON.parse(payload) as AuthorizerResult | null;
  if (typeof result !== 'object' || result === null) throw invalid('the result is no object');
  if (typeof result.principalId !== 'string') throw invalid('the result has no principalId');
  if (!Array.isArray(result.policyDocument?.Statement)) throw invalid('the result has no policy document');
  if (!result.policyDocument.Statement.every(isStatement))
    throw invalid('the policy has a malformed statement');
  if (typeof (result.usageIdentifierKey ?? '') !== 'string')
    throw invalid('the usageIdentifierKey is no string');
  const context = result.context ?? {};
  const isPlain = typeof context === 'object' && !Array.isArray(context);
  if (
    !isPlain ||
    !Object.values(context).every((value) => ['string', 'number', 'boolean'].includes(typeof value))
  ) {
    throw invalid('the context holds a value that is no string, number or boolean');
  }
  return result;
}

interface PolicyStatement {
  readonly Effect: 'Allow' | 'Deny';
  readonly Action: string | readonly string[];
  readonly Resource: string | readonly string[];
}

function isStatement(value: unknown): value is PolicyStatement {
  const { Effect, Action, Resource } = (value ?? {}) as Record<string, unknown>;
  const named = (names: unknown) => [names].flat().every((name) => typeof name === 'string');
  return (Effect === 'Allow' || Effect === 'Deny') && named(Action) && named(Resource);
}

function allows(result: AuthorizerResult, methodArn: string): boolean {
  const statements = result.policyDocument?.Statement as readonly PolicyStatement[];
  const matching = statements.filter(
    ({ Action, Resource }) =>
      [Action].flat().some((pattern) => wildcard(pattern.toLowerCase(), 'execute-api:invoke')) &&
      [Resource].flat().some((pattern) => wildcard(pattern, methodArn)),
  );
  return matching.length > 0 && matching.every(({ Effect }) => Effect === 'Allow');
}

/** The authorizer's context as strings, and as the variables `$context.authorizer.…`. */
function passedOn(result: AuthorizerResult, variables: Map<string, string>): Record<string, string> {
  const entries = Object.entries({ ...result.context, principalId: result.principalId });
  const strings = entries.map(([name, value]) => [name, String(value)] as const);
  for (const [name, value] of strings) variables.set(`authorizer.${name}`, value);
  return Object.fromEntries(strings);
}
