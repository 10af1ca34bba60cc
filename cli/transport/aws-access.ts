import { userInfo } from 'node:os';
import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { CliError } from '../cli-error.ts';
import { EXIT } from '../exit-code.ts';

/** What --direct needs of AWS besides the table. */
export interface AwsAccess {
  readonly region: string;
  /** The ARN of the IAM identity, else the name of the user at the operating system: for the record only. */
  identity(): Promise<string>;
}

/** Longest wait for the identity, ms: whoever is locked out must not wait for a name. */
const IDENTITY_TIMEOUT = 2000;

/**
 * Finds the region and the credentials that a client is going to use, before its first call, whose time is short.
 * Throws CliError where there are none.
 *
 * @param timeout ms; a credential process or a single sign-on may take a while
 */
export async function openAwsAccess(client: DynamoDBClient, timeout: number): Promise<AwsAccess> {
  const region = await regionOf(client);
  await credentialsOf(client, timeout);
  return { region, identity: async () => (await callerArn(client, region)) ?? osUser() };
}

async function regionOf(client: DynamoDBClient): Promise<string> {
  try {
    return await client.config.region();
  } catch (cause) {
    throw new CliError(
      {
        exitCode: EXIT.usage,
        code: 'region_missing',
        message: 'With --direct, the AWS region must be known.',
        remedy: 'Give --region, or set AWS_REGION.',
      },
      { cause },
    );
  }
}

async function credentialsOf(client: DynamoDBClient, timeout: number): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const tooLong = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`it took longer than ${timeout / 1000} s`)), timeout);
  });
  try {
    await Promise.race([client.config.credentials(), tooLong]);
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new CliError(
      {
        exitCode: EXIT.notSignedIn,
        code: 'aws_credentials_missing',
        message: `There are no AWS credentials to be had: ${why}`,
        remedy: 'Set AWS_PROFILE or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or run `aws sso login`.',
      },
      { cause },
    );
  } finally {
    clearTimeout(timer);
  }
}

/** Null when STS doesn't answer in time, or not with an identity. */
async function callerArn(client: DynamoDBClient, region: string): Promise<string | null> {
  const { GetCallerIdentityCommand, STSClient } = await import('@aws-sdk/client-sts');
  const sts = new STSClient({ region, credentials: client.config.credentials, maxAttempts: 1 });
  try {
    const { Arn } = await sts.send(new GetCallerIdentityCommand({}), {
      abortSignal: AbortSignal.timeout(IDENTITY_TIMEOUT),
    });
    return Arn ?? null;
  } catch {
    return null;
  } finally {
    sts.destroy();
  }
}

function osUser(): string {
  try {
    return userInfo().username;
  } catch {
    return `uid ${process.getuid?.() ?? 'unknown'}`;
  }
}
