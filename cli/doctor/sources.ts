import { createStoreClient } from '../../adapters/state/state-store.ts';
import { CliError } from '../cli-error.ts';
import type { Io } from '../io.ts';
import { type CommonOptions, chooseApi, type DirectOptions } from '../options/common-options.ts';
import { openAwsAccess } from '../transport/aws-access.ts';
import { readStack, type StackResources, stateTableOf } from '../transport/stack-resources.ts';
import { ApiLooks } from './api-looks.ts';
import { type AwsLogin, AwsLooks } from './aws-looks.ts';
import type { DiagnosticsFacts } from './checks/facts.ts';
import { LogLooks, type TableAccess } from './log-looks.ts';
import { lookAt } from './look-at.ts';
import { type Look, seen, unable } from './observation.ts';
import { once } from './once.ts';
import { recordLook } from './record-look.ts';

export interface SourceOptions extends CommonOptions, DirectOptions {
  readonly origin?: string;
}

/** The ways by which the system can be looked at. */
export interface Sources {
  /** Null with --direct. */
  readonly api: ApiLooks | null;
  readonly log: LogLooks;
  readonly aws: AwsLooks;
  /** What the scheduled health check found, by the API where that tells, else by AWS. */
  readonly diagnostics: () => Promise<Look<DiagnosticsFacts>>;
  /** Whether there are AWS credentials. */
  readonly login: () => Promise<Look<unknown>>;
  /** The address of the application, for a call past the gateway. */
  readonly origin: string | null;
}

/** Longest wait for one answer, ms: what needs several has to come to its end in ten seconds. */
const API_LIMIT = 5000;
const AWS_LIMIT = 3000;
/** Longest time for finding credentials, ms. */
const CREDENTIALS_LIMIT = 2500;

/** Throws CliError where no API is named, and with --direct where there are no AWS credentials. */
export async function openSources(options: SourceOptions, io: Io): Promise<Sources> {
  const { region, scope, origin = null } = options;
  const client = createStoreClient({
    ...(region === undefined ? {} : { region }),
    maxAttempts: 2,
    requestHandler: { connectionTimeout: 1500, requestTimeout: 2500, throwOnRequestTimeout: true },
  });
  const access = once(() => openAwsAccess(client, CREDENTIALS_LIMIT));
  if (options.direct) await access();
  const login = once(async (): Promise<Look<AwsLogin>> => {
    try {
      const { region, identity } = await access();
      return seen({ region, identity, credentials: client.config.credentials });
    } catch (error) {
      if (!(error instanceof CliError)) throw error;
      return unable(
        'It takes AWS credentials and a region, and there are none.',
        'Set AWS_PROFILE and AWS_REGION, or run `aws sso login`.',
      );
    }
  });
  const aws = new AwsLooks(
    login,
    () => readStack({ ...options, timeout: AWS_LIMIT / 1000 }, io),
    scope,
    AWS_LIMIT,
    io.now,
  );
  const table = once(async (): Promise<Look<TableAccess>> => {
    const found = await login();
    if (found.outcome !== 'seen') return found;
    const given = options.table || io.env.MAINTENANCE_TABLE;
    if (given) return seen({ client, table: given, scope });
    const stack = await aws.stack();
    if (stack.outcome !== 'seen') return stack;
    return await lookAt(AWS_LIMIT, async () => ({ client, table: stateTableOf(stack.value), scope }));
  });
  const log = new LogLooks(table, AWS_LIMIT, io.now);
  const limit = Math.min(API_LIMIT, options.timeout * 1000);
  const api = options.direct ? null : new ApiLooks(await chooseApi(options, io), io, limit);
  const diagnostics = once(async (): Promise<Look<DiagnosticsFacts>> => {
    const told = (await api?.diagnostics()) ?? unable('It takes the API.');
    if (told.outcome === 'seen' && told.value.age_seconds !== null) return told;
    const stack = await aws.stack();
    const table = stack.outcome === 'seen' ? activityTableOf(stack.value) : null;
    if (table === null) return told;
    const kept = await recordLook(seen({ client, table, scope }), AWS_LIMIT, io.now());
    return kept.outcome === 'seen' ? kept : told;
  });
  return { api, log, aws, diagnostics, login, origin };
}

/** The table of what is counted, where the health check keeps its record; null when the stack has none. */
function activityTableOf({ resources }: StackResources): string | null {
  const tables = resources.filter(({ type }) => type === 'AWS::DynamoDB::Table');
  return tables.find(({ logicalId }) => logicalId.includes('Activity'))?.physicalId ?? null;
}
