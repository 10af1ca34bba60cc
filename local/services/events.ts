import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { LOCAL_ACCOUNT, LOCAL_REGION } from '../account.ts';
import type { CloudContext, RunningCloud } from '../local-services.ts';
import type { Resource } from '../template.ts';
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
import type { Delivery } from './delivery.ts';
import { checkPattern, type EventPattern, matchesPattern } from './event-pattern.ts';
import { isEveryMinute, parseSchedule, type Schedule } from './schedule.ts';
import { suffer } from './service-fault.ts';
import { type TargetInput, targetInput } from './target-input.ts';

/** An event as rules and targets see it. Source: "AWS service event metadata" of the EventBridge user guide. */
interface BusEvent {
  readonly version: '0';
  readonly id: string;
  readonly 'detail-type': string;
  readonly source: string;
  readonly account: string;
  readonly time: string;
  readonly region: string;
  readonly resources: readonly string[];
  readonly detail: unknown;
}

interface Target extends TargetInput {
  readonly Arn: string;
  readonly Id: string;
  /** What starts a state machine acts as; no other target needs one here. */
  readonly RoleArn?: string;
  readonly DeadLetterConfig?: { readonly Arn?: string };
  readonly RetryPolicy?: {
    readonly MaximumRetryAttempts?: number;
    readonly MaximumEventAgeInSeconds?: number;
  };
}

interface Rule {
  readonly arn: string;
  readonly bus: string;
  readonly pattern?: EventPattern;
  readonly schedule?: Schedule;
  readonly everyMinute: boolean;
  readonly targets: readonly Target[];
}

interface PutEventsEntry {
  readonly Source?: string;
  readonly DetailType?: string;
  readonly Detail?: string;
  readonly EventBusName?: string;
  readonly Resources?: readonly string[];
  readonly Time?: number;
}

/** Attributes of a target that are honoured; any other is refused by name. */
const TARGET_PROPERTIES = new Set([
  'Arn',
  'Id',
  'Input',
  'InputPath',
  'DeadLetterConfig',
  'RetryPolicy',
  'RoleArn',
]);

/** Times that a target is tried again at most, however many the rule allows, so that failures show soon. */
const MAX_RETRIES = 5;

/** The template's event buses, with their rules, targets and schedules. */
export class EventBuses implements AwsService {
  readonly #context: CloudContext;
  readonly #caller: CallerAccess;
  readonly #deliver: Delivery;
  readonly #rules: readonly Rule[];
  readonly #buses: ReadonlySet<string>;
  readonly #underWay = new Set<Promise<void>>();
  readonly #closing = new AbortController();
  #cloud: RunningCloud | undefined;
  #timer: NodeJS.Timeout | undefined;
  #lastMinute = 0;

  constructor(context: CloudContext, caller: CallerAccess, deliver: Delivery) {
    this.#context = context;
    this.#caller = caller;
    this.#deliver = deliver;
    const { stack } = context;
    this.#buses = new Set([
      'default',
      ...stack.resources('AWS::Events::EventBus').map((bus) => stack.attribute(bus, 'Name')),
    ]);
    this.#rules = stack.resources('AWS::Events::Rule').flatMap((resource) => this.#rule(resource));
  }

  /** Runs the schedules from now on: each minute of the movable clock once, however far it moves. */
  start(cloud: RunningCloud): void {
    this.#cloud = cloud;
    this.#lastMinute = minuteOf(cloud.clock.now());
    this.#timer = setInterval(() => this.#runDueSchedules(), 1_000);
  }

  /** Runs the schedules of every minute now, and waits until their targets have finished. */
  async tick(): Promise<void> {
    await Promise.all(
      this.#rules.filter(({ everyMinute }) => everyMinute).map((rule) => this.#runScheduled(rule)),
    );
  }

  async call(call: AwsCall): Promise<AwsAnswer> {
    await suffer(
      this.#context.faults,
      'events',
      new AwsError('InternalException', 'The local cloud was asked for errors of this service.', 500),
    );
    if (call.operation !== 'PutEvents') throw unknownOperation('EventBridge', call.operation);
    const { Entries } = jsonBody(call) as { Entries?: PutEventsEntry[] };
    if (!Array.isArray(Entries) || Entries.length === 0 || Entries.length > 10) {
      throw new AwsError('ValidationException', 'PutEvents takes 1 to 10 entries.');
    }
    for (const { EventBusName } of Entries) {
      this.#caller.authorise(call, 'events:PutEvents', busArn(busName(EventBusName)));
    }
    const results = Entries.map((entry) => this.#put(entry));
    return jsonAnswer({
      FailedEntryCount: results.filter((result) => 'ErrorCode' in result).length,
      Entries: results,
    });
  }

  /** Puts an event on the bus with this ARN, as for the destination of an asynchronous invocation. */
  publish(busArnOrName: string, source: string, detailType: string, detail: string): void {
    this.#put({ Source: source, DetailType: detailType, Detail: detail, EventBusName: busArnOrName });
  }

  async close(): Promise<void> {
    clearInterval(this.#timer);
    this.#closing.abort();
    await Promise.all(this.#underWay);
  }

  #rule(resource: Resource): Rule[] {
    const { stack } = this.#context;
    const properties = stack.properties(resource);
    if (properties.State === 'DISABLED') return [];
    const targets = (properties.Targets ?? []) as Target[];
    for (const target of targets) {
      for (const name of Object.keys(target)) {
        if (!TARGET_PROPERTIES.has(name)) {
          throw new Error(
            `The local cloud does not know the property ${name} of a target of ${resource.logicalId}.`,
          );
        }
      }
    }
    const pattern = properties.EventPattern as EventPattern | undefined;
    if (pattern) checkPattern(pattern);
    const schedule = properties.ScheduleExpression as string | undefined;
    return [
      {
        arn: stack.attribute(resource, 'Arn'),
        bus: busName(properties.EventBusName as string | undefined),
        targets,
        everyMinute: schedule !== undefined && isEveryMinute(schedule),
        ...(pattern ? { pattern } : {}),
        ...(schedule === undefined ? {} : { schedule: parseSchedule(schedule) }),
      },
    ];
  }

  #put(entry: PutEventsEntry): { EventId: string } | { ErrorCode: string; ErrorMessage: string } {
    const { Source, DetailType, Detail, EventBusName, Resources = [], Time } = entry;
    const bus = busName(EventBusName);
    const detail = parseDetail(Detail);
    if (!Source || !DetailType) {
      return { ErrorCode: 'InvalidArgument', ErrorMessage: 'Source and DetailType are needed.' };
    }
    if (detail === undefined) return { ErrorCode: 'MalformedDetail', ErrorMessage: 'Detail is malformed.' };
    if (!this.#buses.has(bus)) {
      return { ErrorCode: 'ResourceNotFoundException', ErrorMessage: `Event bus ${bus} does not exist.` };
    }
    const time = Time === undefined ? this.#context.clock.now() : Time * 1000;
    const event: BusEvent = {
      version: '0',
      id: randomUUID(),
      'detail-type': DetailType,
      source: Source,
      account: LOCAL_ACCOUNT,
      time: new Date(Math.floor(time / 1000) * 1000).toISOString().replace('.000Z', 'Z'),
      region: LOCAL_REGION,
      resources: Resources,
      detail,
    };
    for (const rule of this.#rules) {
      if (rule.bus === bus && rule.pattern && matchesPattern(rule.pattern, event)) {
        for (const target of rule.targets) this.#track(this.#send(rule, target, event));
      }
    }
    return { EventId: event.id };
  }

  #runDueSchedules(): void {
    const now = minuteOf(this.#context.clock.now());
    if (now === this.#lastMinute) return;
    this.#lastMinute = now;
    for (const rule of this.#rules) if (rule.schedule?.(now)) this.#track(this.#runScheduled(rule));
  }

  async #runScheduled(rule: Rule): Promise<void> {
    const event: BusEvent = {
      version: '0',
      id: randomUUID(),
      'detail-type': 'Scheduled Event',
      source: 'aws.events',
      account: LOCAL_ACCOUNT,
      time: new Date(this.#context.clock.now()).toISOString().replace(/\.\d+Z$/, 'Z'),
      region: LOCAL_REGION,
      resources: [rule.arn],
      detail: {},
    };
    await Promise.all(rule.targets.map((target) => this.#send(rule, target, event)));
  }

  #track(work: Promise<void>): void {
    const tracked = work.finally(() => this.#underWay.delete(tracked));
    this.#underWay.add(tracked);
  }

  /** Tries a target as often as its rule allows; then its dead-letter queue gets the event. Never rejects. */
  async #send(rule: Rule, target: Target, event: BusEvent): Promise<void> {
    const retries = Math.min(MAX_RETRIES, target.RetryPolicy?.MaximumRetryAttempts ?? MAX_RETRIES);
    let problem = '';
    for (let attempt = 0; attempt <= retries && !this.#closing.signal.aborted; attempt++) {
      try {
        return await this.#sendOnce(rule, target, targetInput(target, event));
      } catch (error) {
        problem = error instanceof Error ? error.message : String(error);
        await delay(100 * 2 ** attempt, undefined, { signal: this.#closing.signal }).catch(() => undefined);
      }
    }
    const queue = target.DeadLetterConfig?.Arn;
    if (queue === undefined || this.#closing.signal.aborted) return;
    await this.#deliver(queue, JSON.stringify(event)).catch((error: unknown) =>
      console.error(`The dead letter of ${rule.arn} (${problem}) was lost: ${String(error)}`),
    );
  }

  /** A function is waited for, so that a tick ends when its work has; its failures are tried again here. */
  async #sendOnce(rule: Rule, target: Target, payload: string): Promise<void> {
    if (target.Arn.startsWith('arn:aws:states:')) this.#checkStart(target);
    if (!target.Arn.startsWith('arn:aws:lambda:')) {
      return await this.#deliver(target.Arn, payload, { service: 'events.amazonaws.com', source: rule.arn });
    }
    if (!this.#cloud) throw new Error('No function can be invoked yet.');
    const { functionError, payload: answer } = await this.#cloud.functions.invoke(target.Arn, payload);
    if (functionError) throw new Error(answer);
  }

  #checkStart({ Arn, RoleArn }: Target): void {
    const { stack, access } = this.#context;
    const role = stack.find('AWS::IAM::Role', String(RoleArn));
    if (role && access.isAllowed(role.logicalId, 'states:StartExecution', Arn)) return;
    throw new Error(`The role ${RoleArn} of a rule's target may not start ${Arn}.`);
  }
}

const minuteOf = (milliseconds: number): number => Math.floor(milliseconds / 60_000) * 60_000;

/** A bus is named by its name or its ARN. */
const busName = (name: string | undefined): string => name?.split('/').at(-1) ?? 'default';

const busArn = (name: string): string => `arn:aws:events:${LOCAL_REGION}:${LOCAL_ACCOUNT}:event-bus/${name}`;

function parseDetail(detail: string | undefined): unknown {
  try {
    const value: unknown = JSON.parse(detail ?? '{}');
    return typeof value === 'object' && value !== null ? value : undefined;
  } catch {
    return undefined;
  }
}
