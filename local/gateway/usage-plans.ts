import type { Stack } from '../stack.ts';
import type { Resource } from '../template.ts';
import type { ThrottleSettings } from './throttle.ts';

/** Where the API key of a request comes from: a header of the caller's, or the authorizer's result. */
export type ApiKeySource = 'HEADER' | 'AUTHORIZER';

/** The keys that a stage knows, by their value, with what their usage plan allows each; undefined: no limit. */
export type UsagePlanKeys = ReadonlyMap<string, ThrottleSettings | undefined>;

type Properties = Record<string, unknown>;

/**
 * Reads the API keys that hold on a stage: enabled, and in a usage plan that names the stage. Throws, naming the
 * resource, for what API Gateway would refuse to deploy.
 * Source: "Usage plans and API keys for REST APIs in API Gateway".
 */
export function readUsagePlanKeys(stack: Stack, apiId: string, stage: string): UsagePlanKeys {
  const values = keyValues(stack);
  const plans = new Map(
    stack
      .resources('AWS::ApiGateway::UsagePlan')
      .map((resource) => [stack.attribute(resource, 'Ref'), resource]),
  );
  const keys = new Map<string, ThrottleSettings | undefined>();
  for (const resource of stack.resources('AWS::ApiGateway::UsagePlanKey')) {
    const { KeyId, KeyType, UsagePlanId } = stack.properties(resource);
    const value = values.get(String(KeyId));
    const plan = plans.get(String(UsagePlanId));
    if (value === undefined || !plan || KeyType !== 'API_KEY') {
      throw new Error(`The usage plan key ${resource.logicalId} joins no API key to a usage plan.`);
    }
    if (!isAttached(stack, plan, apiId, stage)) continue;
    if (keys.has(value.text)) {
      throw new Error(`The API key of ${resource.logicalId} is in two usage plans of the stage "${stage}".`);
    }
    if (value.enabled) keys.set(value.text, readThrottle(stack, plan));
  }
  return keys;
}

interface KeyValue {
  readonly text: string;
  readonly enabled: boolean;
}

/** The keys of the stack by their ids. Values are unique in an account, and 20 to 128 characters long. */
function keyValues(stack: Stack): Map<string, KeyValue> {
  const seen = new Set<string>();
  return new Map(
    stack.resources('AWS::ApiGateway::ApiKey').map((resource) => {
      const { Value, Enabled } = stack.properties(resource);
      const text = String(Value);
      if (!/^[!-~]{20,128}$/.test(text)) {
        throw new Error(`The API key ${resource.logicalId} needs a value of 20 to 128 characters here.`);
      }
      if (seen.has(text)) throw new Error(`The API key ${resource.logicalId} has the value of another.`);
      seen.add(text);
      // CloudFormation's own default is a key that is switched off.
      return [stack.attribute(resource, 'Ref'), { text, enabled: String(Enabled ?? false) === 'true' }];
    }),
  );
}

function isAttached(stack: Stack, plan: Resource, apiId: string, stage: string): boolean {
  const stages = (stack.property(plan, 'ApiStages') ?? []) as Properties[];
  const attached = stages.find(({ ApiId, Stage }) => ApiId === apiId && Stage === stage);
  if (Object.keys(attached?.Throttle ?? {}).length > 0) {
    throw new Error(
      `The usage plan ${plan.logicalId} limits single methods; the local cloud knows limits of whole plans only.`,
    );
  }
  return attached !== undefined;
}

function readThrottle(stack: Stack, plan: Resource): ThrottleSettings | undefined {
  const throttle = stack.property(plan, 'Throttle') as Properties | undefined;
  if (throttle?.RateLimit === undefined) return undefined;
  return { rate: Number(throttle.RateLimit), burst: Number(throttle.BurstLimit ?? throttle.RateLimit) };
}
