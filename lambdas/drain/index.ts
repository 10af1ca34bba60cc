import { LambdaClient } from '@aws-sdk/client-lambda';
import { SFNClient } from '@aws-sdk/client-sfn';
import { drainRecords, pauseLedger } from '../../adapters/drain-ledger.ts';
import { DynamoDbEventLog } from '../../adapters/event-log/dynamodb-event-log.ts';
import { KIND_CLIENT } from '../../adapters/job-kinds/client-options.ts';
import { EventSourceMappings } from '../../adapters/job-kinds/event-source-mappings.ts';
import { StepFunctionsExecutions } from '../../adapters/job-kinds/step-functions-executions.ts';
import { DynamoDbJobRegistry } from '../../adapters/jobs/dynamodb-job-registry.ts';
import { createStoreClient } from '../../adapters/state-store.ts';
import { RegisteredJobs } from '../../core/registered-jobs.ts';
import type { Workloads } from '../../core/workloads.ts';
import { readEnvironment } from '../shared/environment.ts';
import { createLog } from '../shared/log.ts';
import { createDrainHandler } from './drain-handler.ts';

const { stateTable, activityTable, jobTable, scope, workloads } = readEnvironment(process.env, [
  'stateTable',
  'activityTable',
  'jobTable',
  'scope',
  'workloads',
]);

const client = createStoreClient();
const ledgers = { client, table: activityTable, scope };
const { stateMachines, eventSourceMappings } = JSON.parse(workloads) as Workloads;

export const handler = createDrainHandler({
  events: new DynamoDbEventLog({ client, table: stateTable, scope }),
  records: drainRecords(ledgers),
  pausing: {
    kinds: [new EventSourceMappings({ client: new LambdaClient(KIND_CLIENT), uuids: eventSourceMappings })],
    ledger: pauseLedger(ledgers),
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
