import {
  CloudFormationClient,
  DescribeStacksCommand,
  ListStackResourcesCommand,
} from '@aws-sdk/client-cloudformation';
import { CliError } from '../cli-error.ts';
import { EXIT } from '../exit-code.ts';
import type { Io } from '../io.ts';
import { askAws, type StackOptions } from './aws-call.ts';

export interface StackResource {
  readonly logicalId: string;
  readonly physicalId: string;
  readonly type: string;
}

/** What a stack consists of, as CloudFormation tells it. */
export interface StackResources {
  readonly stack: string;
  readonly outputs: Readonly<Record<string, string>>;
  readonly resources: readonly StackResource[];
}

/** The log group of one function. */
export interface FunctionLogs {
  /** The function's name within the stack, such as `authorizer` or `session-purge`. */
  readonly name: string;
  readonly logGroup: string;
}

/** Throws CliError where the stack can't be read. */
export async function readStack(options: StackOptions, io: Io): Promise<StackResources> {
  const stack = options.stack || io.env.MAINTENANCE_STACK || 'MaintenanceMode';
  const { region } = options;
  const client = new CloudFormationClient(region === undefined ? {} : { region });
  try {
    return await askAws(`Reading the stack ${stack}`, options, async (limits) => {
      const { Stacks = [] } = await client.send(new DescribeStacksCommand({ StackName: stack }), limits);
      const outputs = Stacks[0]?.Outputs ?? [];
      const resources: StackResource[] = [];
      let next: string | undefined;
      do {
        const page = await client.send(
          new ListStackResourcesCommand({ StackName: stack, NextToken: next }),
          limits,
        );
        for (const { LogicalResourceId, PhysicalResourceId, ResourceType } of page.StackResourceSummaries ??
          []) {
          if (LogicalResourceId && PhysicalResourceId && ResourceType) {
            resources.push({
              logicalId: LogicalResourceId,
              physicalId: PhysicalResourceId,
              type: ResourceType,
            });
          }
        }
        next = page.NextToken;
      } while (next !== undefined);
      return {
        stack,
        outputs: Object.fromEntries(
          outputs.map(({ OutputKey = '', OutputValue = '' }) => [OutputKey, OutputValue]),
        ),
        resources,
      };
    });
  } finally {
    client.destroy();
  }
}

/** The table of the event log. Throws CliError where the stack has none. */
export function stateTableOf({ stack, outputs, resources }: StackResources): string {
  const found = resources.find(
    ({ type, logicalId }) => type === 'AWS::DynamoDB::Table' && logicalId.includes('EventLog'),
  );
  return outputs.TableName ?? found?.physicalId ?? missing(stack, 'table of an event log');
}

/** The user pool. Throws CliError where the stack has none, because its users are somebody else's. */
export function userPoolOf({ stack, resources }: StackResources): string {
  const pool = resources.find(({ type }) => type === 'AWS::Cognito::UserPool');
  return pool?.physicalId ?? missing(stack, 'user pool of its own');
}

/**
 * The log groups of functions, by the names that their constructs have: `MaintenanceModeSessionPurgeFunctionLogs645047A2`
 * is that of `session-purge`.
 */
export function functionLogsOf({ resources }: StackResources): readonly FunctionLogs[] {
  const groups = resources.flatMap(({ type, logicalId, physicalId }) => {
    const base = /^(.+)Logs[0-9A-F]{8}$/.exec(logicalId)?.[1];
    if (type !== 'AWS::Logs::LogGroup' || base === undefined || base.endsWith('Access')) return [];
    return [{ base, logGroup: physicalId }];
  });
  const prefix = commonPrefix(groups.map(({ base }) => base));
  return groups.map(({ base, logGroup }) => ({
    name: kebab(base.slice(prefix.length).replace(/Function$/, '')),
    logGroup,
  }));
}

/** Ends where a word ends, so that no name is cut. */
function commonPrefix(names: readonly string[]): string {
  const [first = ''] = names;
  let length = first.length;
  for (const name of names) while (!name.startsWith(first.slice(0, length))) length -= 1;
  return names.length < 2 ? '' : (/^(?:.*[a-z0-9])?(?=[A-Z])/.exec(first.slice(0, length + 1))?.[0] ?? '');
}

function kebab(name: string): string {
  return name.replace(/(?<=[a-z0-9])(?=[A-Z])/g, '-').toLowerCase();
}

function missing(stack: string, what: string): never {
  throw new CliError({
    exitCode: EXIT.failed,
    code: 'resource_missing',
    message: `The stack ${stack} has no ${what}.`,
    remedy: 'Name the right stack with --stack, or set MAINTENANCE_STACK.',
  });
}
