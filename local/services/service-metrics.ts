import type { Observation } from '../observation.ts';
import type { Stack } from '../stack.ts';
import type { Datapoint } from './metrics.ts';

/** The metric of Step Functions that counts an execution's start, or its end. */
const EXECUTION_METRICS = {
  started: 'ExecutionsStarted',
  succeeded: 'ExecutionsSucceeded',
  failed: 'ExecutionsFailed',
  'timed out': 'ExecutionsTimedOut',
  aborted: 'ExecutionsAborted',
};

/**
 * What Lambda, Step Functions, DynamoDB and API Gateway themselves measure of an invocation, an execution, a call or a
 * request.
 * Source: "Types of metrics for Lambda functions" of the Lambda developer guide; "Monitoring Step Functions metrics
 * using Amazon CloudWatch" of the Step Functions developer guide; "DynamoDB metrics and dimensions" of the DynamoDB
 * developer guide; "Amazon API Gateway dimensions and metrics" of the API Gateway developer guide.
 *
 * @param timestamp milliseconds since 1970
 */
export function serviceMetrics(stack: Stack, observation: Observation, timestamp: number): Datapoint[] {
  const points = (
    namespace: string,
    dimensions: Readonly<Record<string, string>>,
    values: Readonly<Record<string, readonly [number, string]>>,
  ): Datapoint[] =>
    Object.entries(values).map(([name, [value, unit]]) => ({
      namespace,
      name,
      dimensions,
      value,
      unit,
      timestamp,
    }));

  if (observation.kind === 'invocation') {
    const { functionName, outcome, milliseconds, concurrent, concurrentInAll } = observation;
    const dimensions = { FunctionName: functionName };
    // A throttled call counts as no invocation, and has no duration.
    if (outcome === 'throttle') return points('AWS/Lambda', dimensions, { Throttles: [1, 'Count'] });
    return [
      ...points('AWS/Lambda', dimensions, {
        Invocations: [1, 'Count'],
        Errors: [outcome === 'error' ? 1 : 0, 'Count'],
        Throttles: [0, 'Count'],
        Duration: [milliseconds, 'Milliseconds'],
        ConcurrentExecutions: [concurrent, 'Count'],
      }),
      ...points('AWS/Lambda', {}, { ConcurrentExecutions: [concurrentInAll, 'Count'] }),
    ];
  }
  if (observation.kind === 'execution') {
    const { machineArn, outcome } = observation;
    return points(
      'AWS/States',
      { StateMachineArn: machineArn },
      { [EXECUTION_METRICS[outcome]]: [1, 'Count'] },
    );
  }
  if (observation.kind === 'table call') {
    const { table: TableName, operation: Operation, milliseconds } = observation;
    return points(
      'AWS/DynamoDB',
      { TableName, Operation },
      { SuccessfulRequestLatency: [milliseconds, 'Milliseconds'] },
    );
  }
  const { stage, status, milliseconds } = observation;
  const [api] = stack.resources('AWS::ApiGateway::RestApi');
  const ApiName = String(api && stack.property(api, 'Name'));
  const values = {
    Count: [1, 'Count'],
    '4XXError': [status >= 400 && status < 500 ? 1 : 0, 'Count'],
    '5XXError': [status >= 500 ? 1 : 0, 'Count'],
    Latency: [milliseconds, 'Milliseconds'],
  } as const;
  return [
    ...points('AWS/ApiGateway', { ApiName }, values),
    ...points('AWS/ApiGateway', { ApiName, Stage: stage }, values),
  ];
}
