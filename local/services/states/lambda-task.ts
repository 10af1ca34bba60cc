import { LOCAL_ACCOUNT, LOCAL_REGION } from '../../account.ts';
import type { RoleAccess } from '../../iam.ts';
import { accessDeniedMessage } from '../../iam.ts';
import type { FunctionInvoker } from '../../local-services.ts';

/** An error by the name that `Retry` and `Catch` know; the message is the cause. */
export class StateError extends Error {
  override readonly name: string;

  constructor(name: string, cause: string) {
    super(cause);
    this.name = name;
  }
}

/** Largest input or result of a state, in bytes. Source: "Step Functions service quotas". */
export const PAYLOAD_LIMIT_BYTES = 256 * 1024;

const OPTIMIZED_INVOKE = 'arn:aws:states:::lambda:invoke';

/** Whether a task's resource is the integration `lambda:invoke` rather than a function. */
export const isOptimizedInvoke = (resource: string): boolean => resource === OPTIMIZED_INVOKE;

/** Who runs tasks: the machine's role. */
interface TaskRunner {
  readonly access: RoleAccess;
  readonly functions: FunctionInvoker;
  /** Logical id of the role. */
  readonly role: string;
  readonly roleName: string;
}

/**
 * Runs a task state's function as the machine's role.
 * Source: "Invoke an AWS Lambda function with Step Functions" of the Step Functions developer guide.
 *
 * @throws StateError named as AWS names it: a function's error by its `errorType`, one of Lambda by `Lambda.…`
 */
export async function runLambdaTask(runner: TaskRunner, resource: string, input: unknown): Promise<unknown> {
  if (!isOptimizedInvoke(resource)) return await invoke(runner, resource, input);
  const { FunctionName, Payload = {}, InvocationType, Qualifier } = input as Record<string, unknown>;
  const arn = functionArn(String(FunctionName), Qualifier);
  const answer = (StatusCode: number, payload: object) => ({
    ExecutedVersion: '$LATEST',
    ...payload,
    StatusCode,
  });
  if (InvocationType === 'Event') {
    authorise(runner, arn);
    runner.functions.invokeAsync(arn, JSON.stringify(Payload));
    return answer(202, {});
  }
  return answer(200, { Payload: await invoke(runner, arn, Payload) });
}

async function invoke(runner: TaskRunner, arn: string, input: unknown): Promise<unknown> {
  authorise(runner, arn);
  const { payload, functionError } = await runner.functions
    .invoke(arn, JSON.stringify(input))
    .catch((error: unknown) => Promise.reject(lambdaError(error)));
  if (functionError) {
    const { errorType } = JSON.parse(payload) as { errorType?: string };
    throw new StateError(errorType ?? 'Lambda.Unknown', payload);
  }
  if (Buffer.byteLength(payload) > PAYLOAD_LIMIT_BYTES) {
    throw new StateError(
      'States.DataLimitExceeded',
      `The state/task '${arn}' returned a result with a size exceeding the maximum number of bytes service limit.`,
    );
  }
  return JSON.parse(payload);
}

function authorise({ access, role, roleName }: TaskRunner, arn: string): void {
  if (access.isAllowed(role, 'lambda:InvokeFunction', arn)) return;
  const principal = `arn:aws:sts::${LOCAL_ACCOUNT}:assumed-role/${roleName}/local`;
  throw new StateError(
    'Lambda.AWSLambdaException',
    accessDeniedMessage(principal, 'lambda:InvokeFunction', arn),
  );
}

function functionArn(name: string, qualifier: unknown): string {
  const arn = name.startsWith('arn:')
    ? name
    : `arn:aws:lambda:${LOCAL_REGION}:${LOCAL_ACCOUNT}:function:${name}`;
  return qualifier === undefined ? arn : `${arn}:${qualifier}`;
}

function lambdaError(error: unknown): StateError {
  const { code = 'SdkClientException', message } = error as { code?: string; message: string };
  return new StateError(`Lambda.${code}`, message);
}
