import { LambdaClient } from '@aws-sdk/client-lambda';
import { SFNClient } from '@aws-sdk/client-sfn';
import { KIND_CLIENT } from '../../adapters/drain/client-options.ts';
import { drainRecords, pauseRecord } from '../../adapters/drain/drain-records.ts';
import { EventSourceMappings } from '../../adapters/drain/event-source-mappings.ts';
import { StepFunctionsExecutions } from '../../adapters/drain/step-functions-executions.ts';
import { DynamoDbEventLog } from '../../adapters/events/dynamodb-event-log.ts';
import { DynamoDbJobRegistry } from '../../adapters/jobs/dynamodb-job-registry.ts';
import { createStoreClient } from '../../adapters/state/state-store.ts';
import { RegisteredJobs } from '../../core/drain/registered-jobs.ts';
import type { Workloads } from '../../core/drain/workloads.ts';
import { readEnvironment } from '../aws/environment.ts';
import { createLog } from '../aws/log.ts';
import { createDrainHandler } from './drain-handler.ts';

const { stateTable, activityTable, jobTable, scope, workloads } = readEnvironment(process.env, [
  'stateTable',
  'activityTable',
  'jobTable',
  'scope',
  'workloads',
]);

const client = createStoreClient();
const activity = { client, table: activityTable, scope };
const { stateMachines, eventSourceMappings } = JSON.parse(workloads) as Workloads;

export const handler = createDrainHandler({
  events: new DynamoDbEventLog({ client, table: stateTable, scope }),
  records: drainRecords(activity),
  pausing: {
    kinds: [new EventSourceMappings({ client: new LambdaClient(KIND_CLIENT), uuids: eventSourceMappings })],
    record: pauseRecord(activity),
  },
  kinds: [
    new RegisteredJobs(new DynamoDbJobRegistry({ client, table: jobTable, scope })),
    ...(stateMachines.length === 0
      ? []
      : [new StepFunctionsExecutions({ client: new SFNClient(KIND_CLIENT), stateMachines })]),
  ],
  log: createLog('drain'),
  write: (line) => process.stdout.write(line),
  now: () => Date.now(),
});
