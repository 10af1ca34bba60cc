import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { App, Duration, RemovalPolicy, Stack } from 'aws-cdk-lib';
import { MockIntegration, RestApi } from 'aws-cdk-lib/aws-apigateway';
import { AttributeType, StreamViewType, Table } from 'aws-cdk-lib/aws-dynamodb';
import { EventBus, Rule, RuleTargetInput } from 'aws-cdk-lib/aws-events';
import { SfnStateMachine } from 'aws-cdk-lib/aws-events-targets';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { Code, Function as LambdaFunction, Runtime, StartingPosition } from 'aws-cdk-lib/aws-lambda';
import { DynamoEventSource, SqsEventSource } from 'aws-cdk-lib/aws-lambda-event-sources';
import { Queue } from 'aws-cdk-lib/aws-sqs';
import {
  Choice,
  Condition,
  DefinitionBody,
  StateMachine,
  Succeed,
  Wait,
  WaitTime,
} from 'aws-cdk-lib/aws-stepfunctions';
import { LambdaInvoke } from 'aws-cdk-lib/aws-stepfunctions-tasks';
import type { TestAssembly } from './gateway-stack.ts';

/** Names that tests use. */
export const STATES = { machine: 'Countdown', table: 'Things', queue: 'Jobs', bus: 'Changes' };

/** Counts down; fails as it is told. */
const STEP = `
exports.handler = async ({ left = 0, fail }) => {
  if (fail) { const error = new Error('told to'); error.name = fail; throw error; }
  return { left: left - 1 };
};`;

/** Says what it was handed. */
const WORKER = `
exports.handler = async ({ Records }) => {
  for (const { body, dynamodb } of Records) console.log('got ' + (body ?? dynamodb.Keys.pk.S));
};`;

/**
 * Synthesises a stack with a state machine that counts down, by both forms of a function's task, a wait of an hour each
 * time round; a rule that starts it; and a worker with a mapping of a queue and one of a table's stream.
 */
export function synthesiseStatesStack(): TestAssembly {
  const root = mkdtempSync(path.join(tmpdir(), 'states-stack-'));
  const app = new App({
    outdir: path.join(root, 'cdk.out'),
    analyticsReporting: false,
    context: { 'aws:cdk:enable-path-metadata': true },
  });
  const stack = new Stack(app, 'Test');
  const lambda = (id: string, code: string) => {
    const folder = path.join(root, id);
    mkdirSync(folder);
    writeFileSync(path.join(folder, 'index.js'), code);
    return new LambdaFunction(stack, id, {
      runtime: Runtime.NODEJS_24_X,
      handler: 'index.handler',
      code: Code.fromAsset(folder),
    });
  };
  const step = lambda('Step', STEP);
  const worker = lambda('Worker', WORKER);

  const end = new Succeed(stack, 'End');
  const caught = new Succeed(stack, 'Caught');
  const first = new LambdaInvoke(stack, 'First', { lambdaFunction: step, outputPath: '$.Payload' });
  const next = new LambdaInvoke(stack, 'Again', { lambdaFunction: step, payloadResponseOnly: true });
  next.addRetry({ errors: ['Brittle'], interval: Duration.seconds(1), maxAttempts: 1 });
  const wait = new Wait(stack, 'Hour', { time: WaitTime.duration(Duration.hours(1)) });
  const choice = new Choice(stack, 'Done?');
  choice.when(Condition.numberLessThanEquals('$.left', 0), end).otherwise(wait.next(next));
  first.addCatch(caught, { resultPath: '$.failure' });
  first.next(choice);
  next.next(choice);
  const machine = new StateMachine(stack, 'Machine', {
    stateMachineName: STATES.machine,
    definitionBody: DefinitionBody.fromChainable(first),
    timeout: Duration.days(30),
    tracingEnabled: true,
  });

  const bus = new EventBus(stack, 'Bus', { eventBusName: STATES.bus });
  new Rule(stack, 'Rule', {
    eventBus: bus,
    eventPattern: { source: ['test'] },
    targets: [new SfnStateMachine(machine, { input: RuleTargetInput.fromObject({ left: 1 }) })],
  });

  const table = new Table(stack, 'Table', {
    tableName: STATES.table,
    partitionKey: { name: 'pk', type: AttributeType.STRING },
    stream: StreamViewType.NEW_IMAGE,
    removalPolicy: RemovalPolicy.DESTROY,
  });
  const queue = new Queue(stack, 'Queue', {
    queueName: STATES.queue,
    deadLetterQueue: { queue: new Queue(stack, 'Dead'), maxReceiveCount: 3 },
  });
  const ofQueue = new SqsEventSource(queue, { reportBatchItemFailures: true });
  const ofTable = new DynamoEventSource(table, { startingPosition: StartingPosition.TRIM_HORIZON });
  worker.addEventSource(ofQueue);
  worker.addEventSource(ofTable);

  /** What pauses and starts, with permission for one of the mappings. */
  const operator = lambda('Operator', STEP);
  machine.grantStartExecution(operator);
  operator.addToRolePolicy(
    new PolicyStatement({
      actions: ['lambda:GetEventSourceMapping', 'lambda:UpdateEventSourceMapping'],
      resources: [ofQueue.eventSourceMappingArn],
    }),
  );

  const api = new RestApi(stack, 'Api', { cloudWatchRole: false });
  api.root.addMethod(
    'GET',
    new MockIntegration({ requestTemplates: { 'application/json': '{"statusCode": 200}' } }),
  );
  app.synth();
  return { directory: app.outdir, remove: () => rmSync(root, { recursive: true, force: true }) };
}
