import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { RunningCloud } from '../local-services.ts';
import type { Stack } from '../stack.ts';
import type { Resource } from '../template.ts';
import { type AwsAnswer, type AwsCall, AwsError, jsonAnswer, jsonBody } from './aws-call.ts';
import type { CallerAccess } from './caller-access.ts';
import type { Delivery } from './delivery.ts';
import type { DynamoDb } from './dynamodb.ts';
import { EventSourceMapping, mappingSettings } from './event-source-mapping.ts';
import { MappingSwitch } from './mapping-switch.ts';
import { QueueMapping } from './queue-mapping.ts';
import type { Queues } from './sqs.ts';
import type { TableStream } from './table-stream.ts';

/** Where records come from, and where it is kept how far each mapping has got. */
interface MappingSources {
  readonly database: () => DynamoDb;
  readonly queues: Queues;
  readonly deliver: Delivery;
  readonly folder: string;
}

interface Mapping {
  readonly uuid: string;
  readonly arn: string;
  readonly properties: Readonly<Record<string, unknown>>;
  readonly functionArn: string;
  readonly power: MappingSwitch;
  /** Where it is kept whether it is on. */
  readonly file: string;
  /** Milliseconds since 1970. */
  modifiedAt: number;
}

const PATH = /^\/2015-03-31\/event-source-mappings(?:\/([^/?]+))?\/?(?:\?(.*))?$/;
const MAX_PAGE_SIZE = 100;

/** Properties of the template that the API shows by the same names. */
const SHOWN = [
  'BatchSize',
  'EventSourceArn',
  'FunctionResponseTypes',
  'MaximumBatchingWindowInSeconds',
  'StartingPosition',
];

/**
 * The template's event source mappings: hands tables' streams and queues to functions, unless it was told to pause.
 * A pause outlives a restart. Source: the Lambda API reference.
 */
export class EventSourceMappings {
  readonly #stack: Stack;
  readonly #caller: CallerAccess;
  readonly #sources: MappingSources;
  readonly #mappings = new Map<string, Mapping>();
  #cloud: RunningCloud | undefined;

  constructor(stack: Stack, caller: CallerAccess, sources: MappingSources) {
    this.#stack = stack;
    this.#caller = caller;
    this.#sources = sources;
  }

  start(cloud: RunningCloud): void {
    this.#cloud = cloud;
    const ofStreams: { stream: TableStream; mapping: EventSourceMapping }[] = [];
    for (const resource of this.#stack.resources('AWS::Lambda::EventSourceMapping')) {
      const source = String(this.#stack.property(resource, 'EventSourceArn'));
      if (source.startsWith('arn:aws:sqs:')) {
        const mapping = new QueueMapping(this.#stack, resource, cloud, this.#sources.queues);
        this.#add(resource, cloud, mapping);
        continue;
      }
      const settings = mappingSettings(this.#stack, resource);
      const stream = this.#sources.database().stream(settings.streamArn);
      const file = this.#file(resource, 'position');
      const mapping = new EventSourceMapping(settings, stream, file, cloud, this.#sources.deliver);
      ofStreams.push({ stream, mapping });
      this.#add(resource, cloud, mapping);
    }
    for (const { stream } of ofStreams) {
      const positions = ofStreams
        .filter((other) => other.stream === stream)
        .map(({ mapping }) => mapping.position);
      stream.forgetBefore(Math.min(...positions));
    }
    for (const { power, file, properties } of this.#mappings.values()) {
      const enabled = existsSync(file) ? readFileSync(file, 'utf8') : String(properties.Enabled ?? true);
      if (enabled === 'true') power.enable();
    }
  }

  /** Serves the calls about mappings; undefined for another path. */
  handle(call: AwsCall): Promise<AwsAnswer> | undefined {
    const [matched, uuid, query] = PATH.exec(call.url) ?? [];
    if (matched === undefined) return undefined;
    return uuid === undefined
      ? this.#list(call, new URLSearchParams(query))
      : this.#one(call, decodeURIComponent(uuid));
  }

  async close(): Promise<void> {
    await Promise.all([...this.#mappings.values()].map(({ power }) => power.close()));
  }

  #add(resource: Resource, cloud: RunningCloud, source: { run(signal: AbortSignal): Promise<void> }): void {
    const properties = this.#stack.properties(resource);
    const uuid = this.#stack.attribute(resource, 'Id');
    const target = this.#stack.resources('AWS::Lambda::Function').find((candidate) => {
      const name = String(properties.FunctionName).split(':').slice(0, 7).join(':');
      return ['Ref', 'Arn'].some((attribute) => this.#stack.attribute(candidate, attribute) === name);
    });
    this.#mappings.set(uuid, {
      uuid,
      arn: this.#stack.attribute(resource, 'EventSourceMappingArn'),
      properties,
      functionArn: target ? this.#stack.attribute(target, 'Arn') : String(properties.FunctionName),
      power: new MappingSwitch((signal) => source.run(signal)),
      file: this.#file(resource, 'enabled'),
      modifiedAt: cloud.clock.now(),
    });
  }

  #file({ logicalId }: Resource, kind: string): string {
    mkdirSync(this.#sources.folder, { recursive: true });
    return path.join(this.#sources.folder, `${logicalId}.${kind}`);
  }

  async #one(call: AwsCall, uuid: string): Promise<AwsAnswer> {
    const mapping = this.#mappings.get(uuid);
    if (!mapping) {
      throw new AwsError('ResourceNotFoundException', 'The resource you requested does not exist.', 404);
    }
    switch (call.method) {
      case 'GET':
        this.#caller.authorise(call, 'lambda:GetEventSourceMapping', mapping.arn);
        return jsonAnswer(configuration(mapping));
      case 'PUT':
        this.#caller.authorise(call, 'lambda:UpdateEventSourceMapping', mapping.arn);
        this.#update(mapping, jsonBody(call));
        return { ...jsonAnswer(configuration(mapping)), status: 202 };
      default:
        throw unknown(call);
    }
  }

  #update(mapping: Mapping, { Enabled, ...others }: Record<string, unknown>): void {
    const [other] = Object.keys(others);
    if (other !== undefined) {
      throw new AwsError('InvalidParameterValueException', `The local cloud does not change ${other}.`);
    }
    const { power } = mapping;
    if (power.state === 'Enabling' || power.state === 'Disabling') {
      throw new AwsError(
        'ResourceInUseException',
        `Cannot update the event source mapping because it is in use: ${power.state}.`,
      );
    }
    if (typeof Enabled !== 'boolean') return;
    writeFileSync(mapping.file, String(Enabled));
    mapping.modifiedAt = this.#cloud?.clock.now() ?? mapping.modifiedAt;
    if (Enabled) power.enable();
    else power.disable();
  }

  /** Functions may be named in every way that Lambda knows. */
  async #list(call: AwsCall, query: URLSearchParams): Promise<AwsAnswer> {
    if (call.method !== 'GET') throw unknown(call);
    this.#caller.authorise(call, 'lambda:ListEventSourceMappings', '*');
    const source = query.get('EventSourceArn');
    const name = query.get('FunctionName');
    const found = [...this.#mappings.values()].filter(
      ({ properties, functionArn }) =>
        (source === null || properties.EventSourceArn === source) &&
        (name === null || functionArn === name || functionArn.endsWith(`:${name.split(':').at(-1)}`)),
    );
    const first = Number(query.get('Marker') ?? 0);
    const size = Math.min(Number(query.get('MaxItems') ?? MAX_PAGE_SIZE), MAX_PAGE_SIZE);
    const next = first + size;
    return jsonAnswer({
      EventSourceMappings: found.slice(first, next).map(configuration),
      ...(next < found.length ? { NextMarker: String(next) } : {}),
    });
  }
}

function configuration({ uuid, arn, properties, functionArn, power, modifiedAt }: Mapping): object {
  return {
    ...Object.fromEntries(SHOWN.map((name) => [name, properties[name]])),
    UUID: uuid,
    EventSourceMappingArn: arn,
    FunctionArn: functionArn,
    LastModified: modifiedAt / 1000,
    State: power.state,
    StateTransitionReason: 'USER_INITIATED',
  };
}

const unknown = ({ method, url }: AwsCall): AwsError =>
  new AwsError('UnknownOperationException', `The local cloud does not serve ${method} ${url}.`, 404);
