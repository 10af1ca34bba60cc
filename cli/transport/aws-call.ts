import { CliError } from '../cli-error.ts';
import { EXIT } from '../exit-code.ts';

/** What commands take that go to AWS by IAM credentials. */
export interface StackOptions {
  /** Name of the stack, if not MAINTENANCE_STACK or MaintenanceMode. */
  readonly stack?: string;
  readonly region?: string;
  readonly json?: true;
  /** Seconds. */
  readonly timeout: number;
}

const MISSING_CREDENTIALS = ['CredentialsProviderError', 'TokenProviderError'];

/**
 * Makes calls of AWS that may take so long together; what goes wrong becomes a CliError that says what to do.
 *
 * @param what for people, such as `Reading the stack MaintenanceMode`
 */
export async function askAws<T>(
  what: string,
  { timeout }: Pick<StackOptions, 'timeout'>,
  ask: (options: { readonly abortSignal: AbortSignal }) => Promise<T>,
): Promise<T> {
  try {
    return await ask({ abortSignal: AbortSignal.timeout(timeout * 1000) });
  } catch (cause) {
    if (cause instanceof CliError) throw cause;
    const { name, message } = cause instanceof Error ? cause : new Error(String(cause));
    if (MISSING_CREDENTIALS.includes(name)) {
      throw new CliError(
        {
          exitCode: EXIT.notSignedIn,
          code: 'aws_credentials_missing',
          message: `There are no AWS credentials to be had: ${message}`,
          remedy: 'Set AWS_PROFILE or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or run `aws sso login`.',
        },
        { cause },
      );
    }
    const isAnswered =
      typeof (cause as { $metadata?: { httpStatusCode?: number } }).$metadata?.httpStatusCode === 'number';
    throw new CliError(
      {
        exitCode: isAnswered ? EXIT.failed : EXIT.unreachable,
        code: isAnswered ? 'aws_refused' : 'aws_unreachable',
        message: `${what} failed: ${message || name} (${name})`,
        remedy: 'Are the region, the stack (--stack) and the permissions of these credentials right?',
      },
      { cause },
    );
  }
}
