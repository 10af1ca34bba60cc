import { GatewayFailure } from './gateway-failure.ts';

/** The promise's value, or INTEGRATION_TIMEOUT if it takes longer than this. */
export async function within<T>(milliseconds: number, promise: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(
      () => reject(new GatewayFailure('INTEGRATION_TIMEOUT', `no answer within ${milliseconds} ms`)),
      milliseconds,
    );
  });
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}
