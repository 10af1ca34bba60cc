import { DynamoDBClient, type DynamoDBClientConfig } from '@aws-sdk/client-dynamodb';
import { MaintenanceError, StoreUnavailableError } from '../../core/errors.ts';

/** Tries of one call, the first included. */
export const MAX_ATTEMPTS = 3;

/**
 * A client of the state table that gives up early: a command has to answer 503 before its function's time is over,
 * and a good answer of DynamoDB takes milliseconds.
 */
export function createStoreClient(config: DynamoDBClientConfig = {}): DynamoDBClient {
  return new DynamoDBClient({
    maxAttempts: MAX_ATTEMPTS,
    requestHandler: {
      connectionTimeout: 500,
      requestTimeout: 1500,
      // Without it the handler only warns when the time is over.
      throwOnRequestTimeout: true,
    },
    ...config,
  });
}

/**
 * Makes calls to the store that together may take `deadline` milliseconds, retries included.
 * Whatever the SDK throws becomes a StoreUnavailableError with it as the cause; named errors stay what they are.
 *
 * @example await askStore('Reading the head', 3000, (options) => client.send(command, options))
 */
export async function askStore<Answer>(
  purpose: string,
  deadline: number,
  ask: (options: { abortSignal: AbortSignal }) => Promise<Answer>,
): Promise<Answer> {
  try {
    return await ask({ abortSignal: AbortSignal.timeout(deadline) });
  } catch (cause) {
    if (cause instanceof MaintenanceError) throw cause;
    throw new StoreUnavailableError(`${purpose} failed: the state store gave no good answer.`, { cause });
  }
}
