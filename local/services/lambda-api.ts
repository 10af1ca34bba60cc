import { LOCAL_ACCOUNT, LOCAL_REGION } from '../account.ts';
import { EventTooLarge, FunctionThrottled } from '../lambda-function.ts';
import type { FunctionInvoker, InvocationResult } from '../local-services.ts';
import type { Stack } from '../stack.ts';
import type { Resource } from '../template.ts';
import { type AwsAnswer, type AwsCall, AwsError, jsonAnswer } from './aws-call.ts';
import type { CallerAccess } from './caller-access.ts';

/** Method and end of the path of each operation, after the function's name. */
const OPERATIONS: Readonly<Record<string, 'Invoke' | 'GetFunctionConfiguration' | 'GetFunctionConcurrency'>> =
  {
    'POST /2015-03-31 invocations': 'Invoke',
    'GET /2015-03-31 configuration': 'GetFunctionConfiguration',
    'GET /2019-09-30 concurrency': 'GetFunctionConcurrency',
  };

const PATH = /^(\/[\d-]+)\/functions\/([^/?]+)\/([\w-]+)(?:\?.*)?$/;

/** What may stand before the function's name, and the version or alias behind it. */
const FUNCTION_NAME = /^(?:(?:arn:aws:lambda:[\w-]+:)?(\d{12}):function:)?([\w-]+)(?::[\w$-]+)?$/;

/** Operations of Lambda's API on the template's functions: what functions and operators ask of them. */
export class LambdaApi {
  readonly #stack: Stack;
  readonly #caller: CallerAccess;
  readonly #functions: () => FunctionInvoker;

  constructor(stack: Stack, caller: CallerAccess, functions: () => FunctionInvoker) {
    this.#stack = stack;
    this.#caller = caller;
    this.#functions = functions;
  }

  /**
   * Serves a call about a function; undefined for another path. Functions are named in every way that Lambda knows:
   * by name or ARN, with a version or an alias or without.
   * Source: "Invoke", "GetFunctionConfiguration" and "GetFunctionConcurrency" of the Lambda API reference.
   */
  handle(call: AwsCall): Promise<AwsAnswer> | undefined {
    const [, version, name = '', ending] = PATH.exec(call.url) ?? [];
    const operation = OPERATIONS[`${call.method} ${version} ${ending}`];
    return operation && this.#serve(operation, call, decodeURIComponent(name));
  }

  async #serve(operation: string, call: AwsCall, name: string): Promise<AwsAnswer> {
    const resource = this.#find(name);
    const arn = this.#stack.attribute(resource, 'Arn');
    this.#caller.authorise(
      call,
      operation === 'Invoke' ? 'lambda:InvokeFunction' : `lambda:${operation}`,
      arn,
    );
    switch (operation) {
      case 'Invoke':
        return await this.#invoke(call, arn);
      case 'GetFunctionConcurrency': {
        const reserved = this.#stack.property(resource, 'ReservedConcurrentExecutions');
        return jsonAnswer(reserved === undefined ? {} : { ReservedConcurrentExecutions: Number(reserved) });
      }
      default:
        return jsonAnswer(this.#configuration(resource, arn));
    }
  }

  async #invoke(call: AwsCall, arn: string): Promise<AwsAnswer> {
    const payload = call.body.length === 0 ? '{}' : call.body.toString('utf8');
    if (!isJson(payload)) {
      throw new AwsError(
        'InvalidRequestContentException',
        'Could not parse request body into json: it is no JSON.',
      );
    }
    switch (call.headers['x-amz-invocation-type'] ?? 'RequestResponse') {
      case 'DryRun':
        return { status: 204, body: '' };
      case 'Event':
        this.#functions().invokeAsync(arn, payload);
        return { status: 202, body: '' };
      default:
        return invoked(await this.#functions().invoke(arn, payload).catch(refused));
    }
  }

  #configuration(resource: Resource, arn: string): object {
    const properties = this.#stack.properties(resource);
    const name = this.#stack.attribute(resource, 'Ref');
    const logging = (properties.LoggingConfig ?? {}) as Readonly<Record<string, unknown>>;
    return {
      FunctionName: name,
      FunctionArn: arn,
      Runtime: properties.Runtime,
      Role: properties.Role,
      Handler: properties.Handler,
      Description: properties.Description ?? '',
      Timeout: Number(properties.Timeout ?? 3),
      MemorySize: Number(properties.MemorySize ?? 128),
      Environment: properties.Environment,
      VpcConfig: properties.VpcConfig,
      DeadLetterConfig: properties.DeadLetterConfig,
      LoggingConfig: { LogFormat: 'Text', LogGroup: `/aws/lambda/${name}`, ...logging },
      Version: '$LATEST',
      State: 'Active',
      LastUpdateStatus: 'Successful',
      PackageType: 'Zip',
    };
  }

  #find(wanted: string): Resource {
    const [, account = LOCAL_ACCOUNT, name] = FUNCTION_NAME.exec(wanted) ?? [];
    const resource = this.#stack
      .resources('AWS::Lambda::Function')
      .find(
        (candidate) =>
          account === LOCAL_ACCOUNT &&
          (this.#stack.attribute(candidate, 'Ref') === name ||
            this.#stack.functionName(candidate.logicalId) === name),
      );
    if (resource) return resource;
    const arn = `arn:aws:lambda:${LOCAL_REGION}:${LOCAL_ACCOUNT}:function:${name ?? wanted}`;
    throw new AwsError('ResourceNotFoundException', `Function not found: ${arn}`, 404);
  }
}

const invoked = ({ payload, functionError }: InvocationResult): AwsAnswer => ({
  body: payload,
  headers: {
    'X-Amz-Executed-Version': '$LATEST',
    ...(functionError ? { 'X-Amz-Function-Error': functionError } : {}),
  },
});

/** What Lambda answers when it does not even begin to run the function. @throws AwsError */
function refused(cause: unknown): never {
  if (cause instanceof FunctionThrottled) throw new AwsError(cause.code, cause.message, 429);
  if (cause instanceof EventTooLarge) throw new AwsError(cause.code, cause.message, 413);
  throw cause;
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
