import { LOCAL_ACCOUNT, LOCAL_REGION } from '../account.ts';
import type { CloudContext } from '../local-services.ts';
import { ACCESS_LOG, type LogEntry } from '../log-store.ts';
import type { Stack } from '../stack.ts';
import {
  type AwsAnswer,
  type AwsCall,
  AwsError,
  type AwsService,
  jsonAnswer,
  jsonBody,
  unknownOperation,
} from './aws-call.ts';
import type { CallerAccess } from './caller-access.ts';
import { compileFilter } from './filter-pattern.ts';
import { logGroupOf } from './log-subscriptions.ts';
import { pageOf } from './page.ts';

/** A log group of the stack, and the names under which the log store keeps what is written to it. */
interface LogGroup {
  readonly name: string;
  readonly arn: string;
  readonly retentionInDays?: number;
  readonly sources: readonly string[];
}

/** Largest answers. Source: "DescribeLogGroups" and "FilterLogEvents" of the CloudWatch Logs API reference. */
const MAX_GROUPS = 50;
const MAX_EVENTS = 10_000;

/** Reads what functions and the API's access log wrote, under the log groups' names that the template gives them. */
export class CloudWatchLogs implements AwsService {
  readonly #context: CloudContext;
  readonly #caller: CallerAccess;
  readonly #groups: () => readonly LogGroup[];
  readonly #startedAt: number;

  constructor(context: CloudContext, caller: CallerAccess) {
    this.#context = context;
    this.#caller = caller;
    this.#startedAt = context.clock.now();
    let groups: readonly LogGroup[] | undefined;
    this.#groups = () => {
      groups ??= logGroups(context.stack);
      return groups;
    };
  }

  async call(call: AwsCall): Promise<AwsAnswer> {
    const input = jsonBody(call);
    switch (call.operation) {
      case 'DescribeLogGroups':
        this.#caller.authorise(call, 'logs:DescribeLogGroups', groupArn('*'));
        return jsonAnswer(this.#describeGroups(input));
      case 'FilterLogEvents': {
        const group = this.#find(input);
        this.#caller.authorise(call, 'logs:FilterLogEvents', `${group.arn}:*`);
        return jsonAnswer(this.#filter(group, input));
      }
      default:
        throw unknownOperation('CloudWatch Logs', call.operation);
    }
  }

  #describeGroups({
    logGroupNamePrefix: prefix,
    logGroupNamePattern: pattern,
    nextToken,
    limit,
  }: Input): object {
    const found = this.#groups().filter(
      ({ name }) =>
        (prefix === undefined || name.startsWith(String(prefix))) &&
        (pattern === undefined || name.toLowerCase().includes(String(pattern).toLowerCase())),
    );
    const { items, next } = pageOf(found, nextToken, bounded(limit, MAX_GROUPS));
    return {
      logGroups: items.map(({ name, arn, retentionInDays, sources }) => ({
        logGroupName: name,
        arn: `${arn}:*`,
        logGroupArn: arn,
        logGroupClass: 'STANDARD',
        creationTime: this.#startedAt,
        retentionInDays,
        metricFilterCount: 0,
        storedBytes: this.#entries(sources).reduce(
          (total, { message }) => total + Buffer.byteLength(message),
          0,
        ),
      })),
      nextToken: next,
    };
  }

  /** Events from the first to the last instant, both included, oldest first. */
  #filter({ sources }: LogGroup, input: Input): object {
    const { startTime = 0, endTime = Number.POSITIVE_INFINITY, filterPattern, nextToken, limit } = input;
    const matches = compiled(filterPattern);
    const found = this.#entries(sources, Number(startTime)).filter(
      ({ timestamp, message }) => timestamp <= Number(endTime) && matches(message),
    );
    const { items, next } = pageOf(found, nextToken, bounded(limit, MAX_EVENTS));
    return {
      events: items.map(({ timestamp, message }, index) => ({
        logStreamName: 'local',
        timestamp,
        ingestionTime: timestamp,
        message,
        eventId: String(Number(nextToken ?? 0) + index).padStart(56, '0'),
      })),
      searchedLogStreams: [],
      nextToken: next,
    };
  }

  #entries(sources: readonly string[], since = 0): LogEntry[] {
    return sources
      .flatMap((group) => this.#context.logs.entries({ group, since }))
      .sort((a, b) => a.timestamp - b.timestamp);
  }

  #find({ logGroupName, logGroupIdentifier }: Input): LogGroup {
    const wanted = logGroupName ?? logGroupIdentifier;
    const found = this.#groups().find(({ name, arn }) => name === wanted || arn === wanted);
    if (found) return found;
    throw new AwsError('ResourceNotFoundException', 'The specified log group does not exist.');
  }
}

type Input = Readonly<Record<string, unknown>>;

const groupArn = (name: string) => `arn:aws:logs:${LOCAL_REGION}:${LOCAL_ACCOUNT}:log-group:${name}`;

/** The groups that the template makes, and those that Lambda makes for functions without one. */
function logGroups(stack: Stack): LogGroup[] {
  const retention = new Map(
    stack
      .resources('AWS::Logs::LogGroup')
      .map((resource) => [stack.attribute(resource, 'Ref'), stack.property(resource, 'RetentionInDays')]),
  );
  const sources = new Map<string, string[]>([...retention.keys()].map((name) => [name, []]));
  const add = (group: string, source: string) => sources.set(group, [...(sources.get(group) ?? []), source]);
  for (const resource of stack.resources('AWS::Lambda::Function')) {
    add(logGroupOf(stack, resource), stack.functionName(resource.logicalId));
  }
  for (const stage of stack.resources('AWS::ApiGateway::Stage')) {
    const setting = stack.property(stage, 'AccessLogSetting') as { DestinationArn?: string } | undefined;
    const name = /:log-group:([^:]+)/.exec(setting?.DestinationArn ?? '')?.[1];
    if (name !== undefined) add(name, ACCESS_LOG);
  }
  return [...sources]
    .map(([name, from]) => ({
      name,
      arn: groupArn(name),
      sources: from,
      ...(retention.get(name) === undefined ? {} : { retentionInDays: Number(retention.get(name)) }),
    }))
    .sort((a, b) => (a.name < b.name ? -1 : 1));
}

/** @throws AwsError InvalidParameterException for a pattern that the local cloud does not know */
function compiled(pattern: unknown): (line: string) => boolean {
  try {
    return compileFilter(String(pattern ?? ''));
  } catch (error) {
    throw new AwsError('InvalidParameterException', (error as Error).message);
  }
}

/** @throws AwsError InvalidParameterException */
function bounded(limit: unknown, most: number): number {
  const value = Number(limit ?? most);
  if (Number.isSafeInteger(value) && value >= 1 && value <= most) return value;
  throw new AwsError('InvalidParameterException', `limit must be from 1 to ${most}.`);
}
