import { StoreUnavailableError } from '../../core/errors.ts';
import { type Observation, unable } from '../../core/health/observation.ts';
import { CliError } from '../cli-error.ts';
import { EXIT } from '../exit-code.ts';
import { explainStoreFailure } from '../transport/explain-store-failure.ts';

/** Refusals that say nothing of the part that was asked, but of who asks, or of what stands before it. */
const NOT_ITS_FAULT: Readonly<Record<string, readonly [why: string, remedy: string]>> = {
  insufficient_privileges: [
    'Only admins may look at it, and you are signed in as somebody else.',
    'Sign in as an admin: `maintenance login`.',
  ],
  not_found: ['The API has no such call: it is older than this command.', 'Deploy the stack again.'],
  authorizer_unavailable: ['The gateway gives no decision.', 'See head_status.'],
};

/**
 * Observes something, for a limited time. Never rejects.
 *
 * @param limit ms
 * @param ask gets a signal that ends what it waits for when the time is over
 */
export async function observe<T>(
  limit: number,
  ask: (signal: AbortSignal) => Promise<T>,
): Promise<Observation<T>> {
  const begun = performance.now();
  const signal = AbortSignal.timeout(limit);
  const late = Promise.withResolvers<never>();
  const onTimeout = () => late.reject(signal.reason);
  signal.addEventListener('abort', onTimeout);
  try {
    const value = await Promise.race([ask(signal), late.promise]);
    return { outcome: 'observed', value, latency: performance.now() - begun };
  } catch (error) {
    const latency = performance.now() - begun;
    if (!signal.aborted) return ofFailure(error, latency);
    return { outcome: 'failed', why: `No answer within ${limit / 1000} s.`, latency };
  } finally {
    signal.removeEventListener('abort', onTimeout);
  }
}

function ofFailure(error: unknown, latency: number): Observation<never> {
  if (error instanceof CliError) return ofComplaint(error, latency);
  if (error instanceof StoreUnavailableError) {
    const call = { method: 'GET', path: '' } as const;
    return ofComplaint(new CliError(explainStoreFailure(error, 'the state table', call)), latency);
  }
  const { name, message } = error instanceof Error ? error : new Error(String(error));
  if (/AccessDenied|NotAuthorized|UnauthorizedOperation/.test(name)) {
    return unable(
      `The AWS credentials do not allow it: ${message}`,
      'Grant what it names: see docs/doctor.md.',
    );
  }
  const said = message === '' || message === 'UnknownError' ? name : `${message} (${name})`;
  return { outcome: 'failed', why: `No good answer: ${said.replaceAll('\n', ' ')}.`, latency };
}

function ofComplaint({ complaint }: CliError, latency: number): Observation<never> {
  const { exitCode, code, message, remedy } = complaint;
  const known = NOT_ITS_FAULT[code];
  if (known !== undefined) return unable(...known);
  if (exitCode === EXIT.notSignedIn || code === 'access_denied')
    return unable(message, remedy ?? 'Sign in: `maintenance login`.');
  // Whoever asked knows better what to do about a part that does not answer than the call that met it.
  const isAway = exitCode === EXIT.unreachable || code.endsWith('_unavailable');
  return { outcome: 'failed', why: message, code, latency, ...(isAway || !remedy ? {} : { remedy }) };
}
