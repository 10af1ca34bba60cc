import { setTimeout as delay } from 'node:timers/promises';
import { LOCAL_ACCOUNT, LOCAL_REGION } from './account.ts';
import { accessKeyOf, ROLE_CREDENTIALS } from './iam.ts';
import {
  FunctionEnded,
  type FunctionSettings,
  type FunctionSurroundings,
  FunctionThrottled,
  LambdaFunction,
} from './lambda-function.ts';
import type { CloudContext, FunctionInvoker, InvocationResult, LocalServices } from './local-services.ts';
import type { Stack } from './stack.ts';
import type { Resource } from './template.ts';

/** Thrown when no function has the name, logical id or ARN asked for. */
export class FunctionNotFound extends Error {
  override readonly name = 'FunctionNotFound';
  readonly code = 'ResourceNotFoundException';

  constructor(wanted: string) {
    super(`Function not found: arn:aws:lambda:${LOCAL_REGION}:${LOCAL_ACCOUNT}:function:${wanted}`);
  }
}

/** Where the failures of asynchronous invocations go, and how often they are tried again. */
interface AsyncSettings {
  readonly retries: number;
  readonly onFailure?: string;
  readonly deadLetters?: string;
}

/** Wait before each further try of an asynchronous invocation. AWS waits one and two minutes. */
const ASYNC_RETRY_MS = [1_000, 2_000];

/** Runs the stack's functions: the bundled code with the template's settings. */
export class LambdaRuntime implements FunctionInvoker {
  readonly #functions = new Map<string, LambdaFunction>();
  readonly #asyncSettings = new Map<LambdaFunction, AsyncSettings>();
  readonly #services: Pick<LocalServices, 'deliver'>;
  readonly #surroundings: FunctionSurroundings;
  readonly #closing = new AbortController();
  readonly #underWay = new Set<Promise<void>>();

  constructor(
    context: CloudContext,
    services: Pick<LocalServices, 'awsEndpointUrl' | 'environment' | 'certificate' | 'deliver' | 'observe'>,
    addresses?: () => Readonly<Record<string, string>>,
  ) {
    const { stack } = context;
    this.#surroundings = {
      ...context,
      observe: services.observe,
      underWay: () => [...this.#asyncSettings.keys()].reduce((sum, { running }) => sum + running, 0),
      certificate: services.certificate,
      addresses,
    };
    this.#services = services;
    for (const resource of stack.resources('AWS::Lambda::Function')) {
      const settings = functionSettings(context, resource, services);
      const lambda = new LambdaFunction(settings, this.#surroundings);
      for (const key of [settings.name, settings.awsName, settings.arn, settings.logicalId]) {
        this.#functions.set(key, lambda);
      }
      this.#asyncSettings.set(lambda, asyncSettings(stack, resource));
    }
  }

  names(): string[] {
    return [...new Set([...this.#functions.values()].map(({ settings }) => settings.name))];
  }

  /** What the template says about a function; throws FunctionNotFound. */
  settings(functionName: string): FunctionSettings {
    return this.#find(functionName).settings;
  }

  async invoke(functionName: string, payload: string): Promise<InvocationResult> {
    const arn = functionName.startsWith('arn:') ? functionName : undefined;
    return await this.#find(functionName).invoke(payload, arn);
  }

  invokeAsync(functionName: string, payload: string): void {
    const lambda = this.#find(functionName);
    const work = this.#attempt(lambda, payload)
      .catch((error: unknown) => this.#logLoss(lambda, error))
      .finally(() => this.#underWay.delete(work));
    this.#underWay.add(work);
  }

  /** Ends every function and what it was doing. */
  async close(): Promise<void> {
    this.#closing.abort();
    await Promise.all([...new Set(this.#functions.values())].map((lambda) => lambda.close()));
    await Promise.all(this.#underWay);
  }

  /** Name, logical id or ARN; an ARN may end in a version or alias, all of which are the one function here. */
  #find(wanted: string): LambdaFunction {
    const unqualified = wanted.startsWith('arn:') ? wanted.split(':').slice(0, 7).join(':') : wanted;
    const found = this.#functions.get(unqualified);
    if (!found) throw new FunctionNotFound(wanted);
    return found;
  }

  async #attempt(lambda: LambdaFunction, payload: string): Promise<void> {
    const { retries = 0, onFailure, deadLetters } = this.#asyncSettings.get(lambda) ?? {};
    let result: InvocationResult | undefined;
    let tries = 0;
    while (!this.#closing.signal.aborted) {
      result = await this.#invokeWhenFree(lambda, payload);
      tries++;
      if (!result?.functionError) return;
      if (tries > retries) break;
      await this.#wait(ASYNC_RETRY_MS[tries - 1] ?? 2_000);
    }
    if (this.#closing.signal.aborted || !result) return;
    if (deadLetters) await this.#services.deliver(deadLetters, payload);
    if (onFailure)
      await this.#services.deliver(onFailure, failureRecord(lambda.settings, payload, result, tries));
  }

  /** Asynchronous invocations wait out throttles instead of failing. */
  async #invokeWhenFree(lambda: LambdaFunction, payload: string): Promise<InvocationResult | undefined> {
    while (!this.#closing.signal.aborted) {
      try {
        return await lambda.invoke(payload);
      } catch (error) {
        if (error instanceof FunctionEnded) return undefined;
        if (!(error instanceof FunctionThrottled)) throw error;
        await this.#wait(100);
      }
    }
    return undefined;
  }

  /** Nobody waits for an asynchronous invocation, so its log is the only place to say that one was lost. */
  #logLoss({ settings }: LambdaFunction, error: unknown): void {
    const { clock, logs } = this.#surroundings;
    logs.append({
      group: settings.name,
      timestamp: clock.now(),
      message: `An asynchronous invocation was lost: ${error}`,
    });
  }

  async #wait(milliseconds: number): Promise<void> {
    await delay(milliseconds, undefined, { signal: this.#closing.signal }).catch(() => undefined);
  }
}

function functionSettings(
  { stack, access }: CloudContext,
  resource: Resource,
  services: Pick<LocalServices, 'awsEndpointUrl' | 'environment'>,
): FunctionSettings {
  const properties = stack.properties(resource);
  const awsName = stack.attribute(resource, 'Ref');
  const logging = (properties.LoggingConfig ?? {}) as { LogFormat?: string; LogGroup?: string };
  const logGroupName = logging.LogGroup ?? `/aws/lambda/${awsName}`;
  const memoryMb = Number(properties.MemorySize ?? 128);
  const handler = String(properties.Handler);
  const codeFolder = stack.codeFolders.get(resource.logicalId) ?? '';
  const reserved = properties.ReservedConcurrentExecutions;
  const own =
    (properties.Environment as { Variables?: Record<string, unknown> } | undefined)?.Variables ?? {};
  return {
    name: stack.functionName(resource.logicalId),
    logicalId: resource.logicalId,
    awsName,
    arn: stack.attribute(resource, 'Arn'),
    codeFolder,
    handler,
    timeoutMs: Number(properties.Timeout ?? 3) * 1000,
    memoryMb,
    ...(reserved === undefined ? {} : { reservedConcurrency: Number(reserved) }),
    logFormat: logging.LogFormat === 'JSON' ? 'JSON' : 'Text',
    logGroupName,
    environment: {
      ...lambdaEnvironment({ awsName, memoryMb, logGroupName, handler, codeFolder }),
      AWS_ACCESS_KEY_ID: accessKeyOf(access.roleOf(resource.logicalId)),
      AWS_ENDPOINT_URL: services.awsEndpointUrl,
      ...services.environment,
      ...Object.fromEntries(Object.entries(own).map(([name, value]) => [name, String(value)])),
    },
  };
}

/** The variables that Lambda sets. Source: "Defined runtime environment variables" of the Lambda developer guide. */
function lambdaEnvironment({
  awsName,
  memoryMb,
  logGroupName,
  handler,
  codeFolder,
}: Pick<FunctionSettings, 'awsName' | 'memoryMb' | 'logGroupName' | 'handler' | 'codeFolder'>): Record<
  string,
  string
> {
  return {
    AWS_REGION: LOCAL_REGION,
    AWS_DEFAULT_REGION: LOCAL_REGION,
    AWS_EXECUTION_ENV: 'AWS_Lambda_nodejs24.x',
    AWS_LAMBDA_FUNCTION_NAME: awsName,
    AWS_LAMBDA_FUNCTION_VERSION: '$LATEST',
    AWS_LAMBDA_FUNCTION_MEMORY_SIZE: String(memoryMb),
    AWS_LAMBDA_INITIALIZATION_TYPE: 'on-demand',
    AWS_LAMBDA_LOG_GROUP_NAME: logGroupName,
    AWS_LAMBDA_LOG_STREAM_NAME: 'local',
    AWS_SECRET_ACCESS_KEY: ROLE_CREDENTIALS.secretAccessKey,
    AWS_SESSION_TOKEN: ROLE_CREDENTIALS.sessionToken,
    LAMBDA_TASK_ROOT: codeFolder,
    LANG: 'en_US.UTF-8',
    PATH: '/usr/local/bin:/usr/bin:/bin',
    TZ: ':UTC',
    _HANDLER: handler,
  };
}

function asyncSettings(stack: Stack, resource: Resource): AsyncSettings {
  const awsName = stack.attribute(resource, 'Ref');
  const config = stack
    .resources('AWS::Lambda::EventInvokeConfig')
    .map((found) => stack.properties(found))
    .find(({ FunctionName: name }) => name === awsName);
  const destinations = config?.DestinationConfig as { OnFailure?: { Destination?: string } } | undefined;
  const deadLetter = stack.property(resource, 'DeadLetterConfig') as { TargetArn?: string } | undefined;
  return {
    retries: Number(config?.MaximumRetryAttempts ?? 2),
    ...(destinations?.OnFailure?.Destination ? { onFailure: destinations.OnFailure.Destination } : {}),
    ...(deadLetter?.TargetArn ? { deadLetters: deadLetter.TargetArn } : {}),
  };
}

/** The record that an on-failure destination gets. Source: "Capturing records of Lambda asynchronous invocations". */
function failureRecord(
  settings: FunctionSettings,
  payload: string,
  result: InvocationResult,
  tries: number,
): string {
  return JSON.stringify({
    version: '1.0',
    timestamp: new Date().toISOString(),
    requestContext: {
      requestId: result.requestId,
      functionArn: `${settings.arn}:$LATEST`,
      condition: 'RetriesExhausted',
      approximateInvokeCount: tries,
    },
    requestPayload: JSON.parse(payload),
    responseContext: { statusCode: 200, executedVersion: '$LATEST', functionError: result.functionError },
    responsePayload: JSON.parse(result.payload),
  });
}
