import path from 'node:path';
import type { RunningCloud } from '../local-services.ts';
import type { Delivery } from './delivery.ts';
import type { DynamoDb } from './dynamodb.ts';
import { EventSourceMapping, mappingSettings } from './event-source-mapping.ts';

/** Runs the template's event source mappings: hands the tables' streams to functions. */
export class StreamDelivery {
  readonly #database: DynamoDb;
  readonly #folder: string;
  readonly #deliver: Delivery;
  #mappings: readonly EventSourceMapping[] = [];

  /** @param folder where it is kept how far each mapping has got */
  constructor(database: DynamoDb, folder: string, deliver: Delivery) {
    this.#database = database;
    this.#folder = folder;
    this.#deliver = deliver;
  }

  start(cloud: RunningCloud): void {
    const settings = cloud.stack
      .resources('AWS::Lambda::EventSourceMapping')
      .map((resource) => mappingSettings(cloud.stack, resource));
    const running = settings.map((mapping) => {
      const stream = this.#database.stream(mapping.streamArn);
      const file = path.join(this.#folder, 'streams', `${mapping.id}.position`);
      return { stream, mapping: new EventSourceMapping(mapping, stream, file, cloud, this.#deliver) };
    });
    for (const { stream } of running) {
      const positions = running
        .filter((other) => other.stream === stream)
        .map(({ mapping }) => mapping.position);
      stream.forgetBefore(Math.min(...positions));
    }
    this.#mappings = running.map(({ mapping }) => mapping);
    for (const mapping of this.#mappings) mapping.start();
  }

  async close(): Promise<void> {
    await Promise.all(this.#mappings.map((mapping) => mapping.close()));
  }
}
