import {
  GetEventSourceMappingCommand,
  type LambdaClient,
  ResourceNotFoundException,
  UpdateEventSourceMappingCommand,
} from '@aws-sdk/client-lambda';
import type { PausableKind } from '../../core/drain/pause.ts';

interface EventSourceMappingsOptions {
  /** Best made with KIND_CLIENT, which is patient with throttling. */
  readonly client: LambdaClient;
  /** UUIDs of event source mappings. */
  readonly uuids: readonly string[];
}

/**
 * Event source mappings of Lambda: paused, no queue and no stream starts a function; what waits there waits on. The
 * stream or queue must keep it for as long as maintenance lasts.
 *
 * Permissions: lambda:GetEventSourceMapping and lambda:UpdateEventSourceMapping on the mappings.
 * Sources: https://docs.aws.amazon.com/lambda/latest/api/API_GetEventSourceMapping.html, API_UpdateEventSourceMapping.html
 */
export class EventSourceMappings implements PausableKind {
  readonly name = 'event_source_mapping';
  readonly ids: readonly string[];
  readonly #client: LambdaClient;

  constructor({ client, uuids }: EventSourceMappingsOptions) {
    this.#client = client;
    this.ids = uuids;
  }

  async look(uuid: string): Promise<'enabled' | 'paused' | 'busy' | 'gone'> {
    try {
      const { State } = await this.#client.send(new GetEventSourceMappingCommand({ UUID: uuid }));
      if (State === 'Enabled') return 'enabled';
      if (State === 'Disabled') return 'paused';
      return State === 'Deleting' ? 'gone' : 'busy';
    } catch (error) {
      if (error instanceof ResourceNotFoundException) return 'gone';
      throw error;
    }
  }

  /** Rejects with ResourceInUseException while an earlier change is on its way: try again. */
  async set(uuid: string, to: 'enabled' | 'paused'): Promise<void> {
    try {
      const Enabled = to === 'enabled';
      await this.#client.send(new UpdateEventSourceMappingCommand({ UUID: uuid, Enabled }));
    } catch (error) {
      if (!(error instanceof ResourceNotFoundException)) throw error;
    }
  }
}
