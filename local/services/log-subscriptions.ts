import { gzipSync } from 'node:zlib';
import { LOCAL_ACCOUNT } from '../account.ts';
import type { RunningCloud } from '../local-services.ts';
import type { LogEntry } from '../log-store.ts';
import type { Stack } from '../stack.ts';
import type { Resource } from '../template.ts';
import { compileFilter } from './filter-pattern.ts';

interface Subscription {
  readonly name: string;
  /** Names in the log store of the functions that write to the log group. */
  readonly sources: ReadonlySet<string>;
  readonly logGroup: string;
  readonly functionArn: string;
  readonly matches: (line: string) => boolean;
  pending: LogEntry[];
}

/** Milliseconds that matching lines are collected before they are handed over together. */
const COLLECT_MS = 50;
/** Lines handed over at once at most. */
const MAX_LINES = 1_000;

/** Hands the lines that the template's subscription filters ask for to their functions, as CloudWatch Logs does. */
export class LogSubscriptions {
  readonly #cloud: RunningCloud;
  readonly #subscriptions: readonly Subscription[];
  readonly #unsubscribe: () => void;
  #timer: NodeJS.Timeout | undefined;
  #sequence = 0n;

  constructor(cloud: RunningCloud) {
    this.#cloud = cloud;
    this.#subscriptions = cloud.stack
      .resources('AWS::Logs::SubscriptionFilter')
      .map((resource) => subscription(cloud.stack, resource));
    this.#unsubscribe = cloud.logs.onEntry((entry) => this.#take(entry));
  }

  close(): void {
    this.#unsubscribe();
    clearTimeout(this.#timer);
  }

  #take(entry: LogEntry): void {
    for (const subscription of this.#subscriptions) {
      if (!subscription.sources.has(entry.group) || !subscription.matches(entry.message)) continue;
      subscription.pending.push(entry);
      this.#timer ??= setTimeout(() => this.#handOver(), COLLECT_MS);
    }
  }

  #handOver(): void {
    this.#timer = undefined;
    for (const subscription of this.#subscriptions) {
      while (subscription.pending.length > 0) {
        const lines = subscription.pending.splice(0, MAX_LINES);
        this.#cloud.functions.invokeAsync(subscription.functionArn, this.#event(subscription, lines));
      }
    }
  }

  /** Source: "Example 2: Subscription filters with AWS Lambda" of the CloudWatch Logs user guide. */
  #event({ name, logGroup }: Subscription, lines: readonly LogEntry[]): string {
    const data = {
      messageType: 'DATA_MESSAGE',
      owner: LOCAL_ACCOUNT,
      logGroup,
      logStream: 'local',
      subscriptionFilters: [name],
      logEvents: lines.map(({ timestamp, message }) => ({
        id: String(this.#sequence++).padStart(56, '0'),
        timestamp,
        message,
      })),
    };
    return JSON.stringify({ awslogs: { data: gzipSync(JSON.stringify(data)).toString('base64') } });
  }
}

function subscription(stack: Stack, resource: Resource): Subscription {
  const { DestinationArn, FilterPattern, LogGroupName, FilterName } = stack.properties(resource);
  const functionArn = String(DestinationArn);
  if (!functionArn.startsWith('arn:aws:lambda:')) {
    throw new Error(`${resource.logicalId}: the local cloud hands log lines to functions only.`);
  }
  const logGroup = String(LogGroupName);
  const sources = logSources(stack, logGroup);
  return {
    name: String(FilterName ?? resource.logicalId),
    sources: new Set(sources),
    logGroup,
    functionArn,
    matches: compileFilter(String(FilterPattern ?? '')),
    pending: [],
  };
}

/** Names in the log store of the functions that write to a log group. */
export function logSources(stack: Stack, logGroup: string): string[] {
  return stack
    .resources('AWS::Lambda::Function')
    .filter((candidate) => logGroupOf(stack, candidate) === logGroup)
    .map(({ logicalId }) => stack.functionName(logicalId));
}

/** Name of the log group that a function writes to. */
export function logGroupOf(stack: Stack, resource: Resource): string {
  const logging = stack.property(resource, 'LoggingConfig') as { LogGroup?: string } | undefined;
  return logging?.LogGroup ?? `/aws/lambda/${stack.attribute(resource, 'Ref')}`;
}
