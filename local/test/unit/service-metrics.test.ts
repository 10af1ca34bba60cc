import { expect, test } from '@jest/globals';
import { serviceMetrics } from '../../services/service-metrics.ts';
import type { Stack } from '../../stack.ts';

const NO_STACK = {} as Stack;

test('a call of DynamoDB is measured by table and operation', () => {
  const call = { kind: 'table call', table: 'log', operation: 'Query', milliseconds: 4 } as const;
  expect(serviceMetrics(NO_STACK, call, 7)).toEqual([
    {
      namespace: 'AWS/DynamoDB',
      name: 'SuccessfulRequestLatency',
      dimensions: { TableName: 'log', Operation: 'Query' },
      value: 4,
      unit: 'Milliseconds',
      timestamp: 7,
    },
  ]);
});

test('concurrency is measured by function, and of all functions together', () => {
  const invocation = {
    kind: 'invocation',
    functionName: 'f',
    outcome: 'success',
    concurrent: 2,
    concurrentInAll: 5,
    milliseconds: 1,
  } as const;
  const points = serviceMetrics(NO_STACK, invocation, 7).filter(
    ({ name }) => name === 'ConcurrentExecutions',
  );
  expect(points.map(({ dimensions, value }) => [dimensions, value])).toEqual([
    [{ FunctionName: 'f' }, 2],
    [{}, 5],
  ]);
});
