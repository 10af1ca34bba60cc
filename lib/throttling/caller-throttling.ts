import { Fn, Stack } from 'aws-cdk-lib';
import { ApiKey, type RestApi, UsagePlan } from 'aws-cdk-lib/aws-apigateway';
import type { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import { Construct } from 'constructs';
import { ENV } from '../../core/environment.ts';
import type { ClassKeys, UsageKeys } from '../../core/gate/usage-keys.ts';
import { ROLES, type Role } from '../../core/state/principal.ts';
import type {
  CallerLimit,
  CallerLimits,
  LoweredCallerLimit,
} from '../configuration/maintenance-mode-props.ts';

/**
 * A limit for each class of callers: a usage plan with one API key for what holds as a rule, and another where
 * maintenance lowers it. The authorizer names the key of each request; nobody else ever sends one.
 *
 * The keys' values are no secrets (docs/adr/0015-name-api-keys-by-values-that-are-no-secrets.md): they follow from
 * the stack's id and the construct's place in it, which makes them unique in the account and known to the function.
 */
export class CallerThrottling extends Construct {
  readonly #limits: CallerLimits;
  readonly #apiKeyClaim: string | undefined;
  readonly #keys: UsageKeys;

  constructor(
    scope: Construct,
    id: string,
    options: { limits: CallerLimits; apiKeyClaim: string | undefined },
  ) {
    super(scope, id);
    this.#limits = options.limits;
    this.#apiKeyClaim = options.apiKeyClaim;
    this.#keys = Object.fromEntries(ROLES.map((role) => [role, this.#keysOf(role)])) as UsageKeys;
  }

  /** Tells the authorizer's function the keys. */
  bindAuthorizer(authorizer: LambdaFunction): void {
    authorizer.addEnvironment(ENV.usageKeys, JSON.stringify(this.#keys));
    if (this.#apiKeyClaim !== undefined) authorizer.addEnvironment(ENV.apiKeyClaim, this.#apiKeyClaim);
  }

  /** Creates the plans of an API whose methods require a key. */
  meter(api: RestApi): void {
    for (const role of ROLES) {
      const { usual, lowered } = this.#keys[role];
      const limit: LoweredCallerLimit | undefined = this.#limits[role];
      this.#addPlan(api, role, usual, limit);
      if (lowered !== undefined) this.#addPlan(api, `${role}-maintenance`, lowered, limit?.maintenance);
    }
  }

  #keysOf(role: Role): ClassKeys {
    const limit: LoweredCallerLimit | undefined = this.#limits[role];
    const usual = this.#value(role);
    return limit?.maintenance === undefined
      ? { usual }
      : { usual, lowered: this.#value(`${role}Maintenance`) };
  }

  /** 20 to 128 letters and digits, as API Gateway wants them. */
  #value(name: string): string {
    const stackUuid = Fn.select(2, Fn.split('/', Stack.of(this).stackId));
    return Fn.join('', [name, this.node.addr, Fn.join('', Fn.split('-', stackUuid))]);
  }

  #addPlan(api: RestApi, name: string, value: string, throttle: CallerLimit | undefined): void {
    const plan = new UsagePlan(this, `${name}-plan`, {
      description: `Requests of the class ${name}`,
      apiStages: [{ api, stage: api.deploymentStage }],
      ...(throttle === undefined
        ? {}
        : { throttle: { rateLimit: throttle.rateLimit, burstLimit: throttle.burstLimit } }),
    });
    const description = `Meters the class ${name}; it opens nothing`;
    plan.addApiKey(new ApiKey(this, `${name}-key`, { value, description }));
  }
}
