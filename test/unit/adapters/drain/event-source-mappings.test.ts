import {
  GetEventSourceMappingCommand,
  LambdaClient,
  ResourceInUseException,
  ResourceNotFoundException,
  UpdateEventSourceMappingCommand,
} from '@aws-sdk/client-lambda';
import { beforeEach, describe, expect, test } from '@jest/globals';
import { mockClient } from 'aws-sdk-client-mock';
import { KIND_CLIENT } from '../../../../adapters/drain/client-options.ts';
import { EventSourceMappings } from '../../../../adapters/drain/event-source-mappings.ts';

const UUID = '0b1c2d3e-0000-4000-8000-000000000001';
const aws = mockClient(LambdaClient);
const kind = new EventSourceMappings({ client: new LambdaClient(KIND_CLIENT), uuids: [UUID] });
const NOT_FOUND = new ResourceNotFoundException({ message: 'gone', $metadata: {} });

beforeEach(() => {
  aws.reset();
});

describe('an event source mapping', () => {
  test.each([
    ['Enabled', 'enabled'],
    ['Disabled', 'paused'],
    ['Creating', 'busy'],
    ['Enabling', 'busy'],
    ['Disabling', 'busy'],
    ['Updating', 'busy'],
    ['Deleting', 'gone'],
  ])('in state %s is %s', async (State, expected) => {
    aws.on(GetEventSourceMappingCommand, { UUID }).resolves({ State });
    expect(await kind.look(UUID)).toBe(expected);
  });

  test('that has been deleted is gone, and setting it is no error', async () => {
    aws.on(GetEventSourceMappingCommand).rejects(NOT_FOUND);
    aws.on(UpdateEventSourceMappingCommand).rejects(NOT_FOUND);
    expect(await kind.look(UUID)).toBe('gone');
    await kind.set(UUID, 'enabled');
  });

  test.each([
    ['paused', false],
    ['enabled', true],
  ] as const)('is %s by its switch alone', async (to, Enabled) => {
    aws.on(UpdateEventSourceMappingCommand).resolves({});
    await kind.set(UUID, to);
    expect(aws.commandCalls(UpdateEventSourceMappingCommand)[0]?.args[0].input).toEqual({ UUID, Enabled });
  });

  test('that is changing, or throttled, is an error: it is tried again', async () => {
    aws
      .on(UpdateEventSourceMappingCommand)
      .rejectsOnce(new ResourceInUseException({ message: 'busy', $metadata: {} }))
      .rejects(new Error('TooManyRequestsException'));
    await expect(kind.set(UUID, 'paused')).rejects.toThrow('busy');
    await expect(kind.set(UUID, 'paused')).rejects.toThrow('TooManyRequestsException');
  });
});
