import type { CloudContext } from '../local-services.ts';
import { type AwsAnswer, type AwsCall, AwsError, type AwsService, unknownOperation } from './aws-call.ts';
import type { ServerlessCache } from './cache/serverless-cache.ts';
import type { CallerAccess } from './caller-access.ts';
import { pageOf } from './page.ts';
import { queryAnswer, queryInput, type XmlValue } from './query-protocol.ts';
import type { RedisServer } from './redis.ts';

const NAMESPACE = 'http://elasticache.amazonaws.com/doc/2015-02-02/';
/** Names of the elements of lists. */
const ITEMS = { Events: 'Event', SecurityGroupIds: 'SecurityGroupId', SubnetIds: 'SubnetId' };
/** Most things in one answer, and minutes of events without other bounds. Source: "DescribeEvents" of the API reference. */
const PAGE_SIZE = 100;
const DEFAULT_DURATION_MINUTES = 60;

interface CacheEvent {
  /** Milliseconds since 1970, by the movable clock. */
  readonly at: number;
  readonly message: string;
}

/** Shows the template's serverless cache, its state that of the redis-server, and when that came and went. */
export class ElastiCache implements AwsService {
  readonly #context: CloudContext;
  readonly #caller: CallerAccess;
  readonly #cache: ServerlessCache | undefined;
  readonly #redis: () => RedisServer;
  readonly #createdAt: Date;
  readonly #events: CacheEvent[] = [];

  constructor(
    context: CloudContext,
    caller: CallerAccess,
    cache: ServerlessCache | undefined,
    redis: () => RedisServer,
  ) {
    this.#context = context;
    this.#caller = caller;
    this.#cache = cache;
    this.#redis = redis;
    this.#createdAt = new Date(context.clock.now());
  }

  /** Told by the redis-server that it came up or went down. */
  note(change: 'up' | 'down'): void {
    const message = `Serverless cache ${this.#cache?.name} is ${change === 'up' ? 'available' : 'not available'}.`;
    this.#events.push({ at: this.#context.clock.now(), message });
  }

  async call(call: AwsCall): Promise<AwsAnswer> {
    const input = queryInput(call);
    const arn = this.#cache?.arn ?? '*';
    switch (call.operation) {
      case 'DescribeServerlessCaches': {
        this.#caller.authorise(call, 'elasticache:DescribeServerlessCaches', arn);
        const wanted = input.get('ServerlessCacheName');
        if (wanted !== null && wanted !== this.#cache?.name) {
          throw new AwsError('ServerlessCacheNotFoundFault', `Serverless cache ${wanted} not found.`, 404);
        }
        const ServerlessCaches = this.#cache ? [this.#describe(this.#cache)] : [];
        return queryAnswer(call.operation, NAMESPACE, { ServerlessCaches }, ITEMS);
      }
      case 'DescribeEvents': {
        this.#caller.authorise(call, 'elasticache:DescribeEvents', arn);
        const size = Number(input.get('MaxRecords') ?? PAGE_SIZE);
        const { items, next } = pageOf(this.#eventsOf(input), input.get('Marker'), size);
        return queryAnswer(call.operation, NAMESPACE, { Events: items, Marker: next }, ITEMS);
      }
      default:
        throw unknownOperation('ElastiCache', call.operation);
    }
  }

  /** A cache whose server is down is being modified: of the states that AWS has, the only one that passes by itself. */
  #describe({ resource, name, arn }: ServerlessCache): XmlValue {
    const { stack } = this.#context;
    const properties = stack.properties(resource);
    const endpoint = (kind: string) => ({
      Address: stack.attribute(resource, `${kind}.Address`),
      Port: stack.attribute(resource, `${kind}.Port`),
    });
    return {
      ServerlessCacheName: name,
      ARN: arn,
      Status: this.#redis().isUp ? 'available' : 'modifying',
      CreateTime: this.#createdAt,
      Engine: String(properties.Engine),
      MajorEngineVersion: String(properties.MajorEngineVersion ?? ''),
      CacheUsageLimits: properties.CacheUsageLimits as XmlValue,
      SecurityGroupIds: properties.SecurityGroupIds as XmlValue,
      SubnetIds: properties.SubnetIds as XmlValue,
      UserGroupId: properties.UserGroupId as XmlValue,
      Endpoint: endpoint('Endpoint'),
      ReaderEndpoint: endpoint('ReaderEndpoint'),
    };
  }

  /** Of the time that is asked for, oldest first. */
  #eventsOf(input: URLSearchParams): XmlValue[] {
    const source = input.get('SourceIdentifier');
    const type = input.get('SourceType');
    const cache = this.#cache;
    if (
      !cache ||
      (source ?? cache.name) !== cache.name ||
      (type ?? 'serverless-cache') !== 'serverless-cache'
    ) {
      return [];
    }
    const end = Date.parse(input.get('EndTime') ?? '') || this.#context.clock.now();
    const duration = Number(input.get('Duration') ?? DEFAULT_DURATION_MINUTES) * 60_000;
    const start = Date.parse(input.get('StartTime') ?? '') || end - duration;
    return this.#events
      .filter(({ at }) => at >= start && at <= end)
      .map(({ at, message }) => ({
        SourceIdentifier: cache.name,
        SourceType: 'serverless-cache',
        Message: message,
        Date: new Date(at),
      }));
  }
}
