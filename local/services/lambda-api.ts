import type { FunctionInvoker } from '../local-services.ts';
import type { Stack } from '../stack.ts';
import { type AwsAnswer, type AwsCall, AwsError, jsonAnswer } from './aws-call.ts';
import type { CallerAccess } from './caller-access.ts';

const INVOCATION = /^\/2015-03-31\/functions\/([^/?]+)\/invocations(?:\?.*)?$/;

/** The operation Invoke of Lambda's API, for functions that call functions. */
export class LambdaApi {
  readonly #stack: Stack;
  readonly #caller: CallerAccess;
  readonly #functions: () => FunctionInvoker;

  constructor(stack: Stack, caller: CallerAccess, functions: () => FunctionInvoker) {
    this.#stack = stack;
    this.#caller = caller;
    this.#functions = functions;
  }

  /** Source: "Invoke" of the Lambda API reference. */
  handle(call: AwsCall): Promise<AwsAnswer> | undefined {
    const name = INVOCATION.exec(call.url)?.[1];
    return call.method === 'POST' && name !== undefined
      ? this.#invoke(call, decodeURIComponent(name))
      : undefined;
  }

  async #invoke(call: AwsCall, name: string): Promise<AwsAnswer> {
    this.#caller.authorise(call, 'lambda:InvokeFunction', this.#arn(name));
    const payload = call.body.length === 0 ? '{}' : call.body.toString('utf8');
    if (call.headers['x-amz-invocation-type'] === 'Event') {
      this.#functions().invokeAsync(name, payload);
      return { status: 202, body: '' };
    }
    const result = await this.#functions().invoke(name, payload);
    return {
      ...jsonAnswer(null),
      body: result.payload,
      headers: {
        'X-Amz-Executed-Version': '$LATEST',
        ...(result.functionError ? { 'X-Amz-Function-Error': result.functionError } : {}),
      },
    };
  }

  #arn(name: string): string {
    const resource = this.#stack
      .resources('AWS::Lambda::Function')
      .find(
        (candidate) =>
          this.#stack.attribute(candidate, 'Ref') === name ||
          this.#stack.attribute(candidate, 'Arn') === name.split(':').slice(0, 7).join(':') ||
          this.#stack.functionName(candidate.logicalId) === name,
      );
    if (!resource) throw new AwsError('ResourceNotFoundException', `Function not found: ${name}`, 404);
    return this.#stack.attribute(resource, 'Arn');
  }
}
