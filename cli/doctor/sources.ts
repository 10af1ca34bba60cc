import { createStoreClient } from '../../adapters/state/state-store.ts';
import { type Observation, observed, unable } from '../../core/health/observation.ts';
import { CliError } from '../cli-error.ts';
import type { Io } from '../io.ts';
import { type CommonOptions, chooseApi, type DirectOptions } from '../options/common-options.ts';
import { openAwsAccess } from '../transport/aws-access.ts';
import { readStack, type StackResources, stateTableOf } from '../transport/stack-resources.ts';
import type { DiagnosticsFacts } from './api-facts.ts';
import { observe } from './observe.ts';
import { ApiObserver, NOT_DEPLOYED } from './observe-api.ts';
import { type AwsLogin, AwsObserver } from './observe-aws.ts';
import { LogObserver, type TableAccess } from './observe-log.ts';
import { observeRecord } from './observe-record.ts';
import { once } from './once.ts';

export interface SourceOptions extends CommonOptions, DirectOptions {
  readonly origin?: string;
}

/** What takes the API, and there is none to be asked. */
export const NO_API = {
  outcome: 'unable',
  why: 'It takes the API.',
  remedy: 'Run it without --direct too.',
} as const;

/** The ways by which the system can be observed. */
export interface Sources {
  /** Null with --direct. */
  readonly api: ApiObserver | null;
  readonly log: LogObserver;
  readonly aws: AwsObserver;
  /** What the scheduled health check found, by the API where that tells, else by AWS. */
  readonly diagnostics: () => Promise<Observation<DiagnosticsFacts>>;
  /** Whether there are AWS credentials. */
  readonly login: () => Promise<Observation<unknown>>;
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
  const login = once(async (): Promise<Observation<AwsLogin>> => {
    try {
      const { region, identity } = await access();
      return observed({ region, identity, credentials: client.config.credentials });
    } catch (error) {
      if (!(error instanceof CliError)) throw error;
      return unable(
        'It takes AWS credentials and a region, and there are none.',
        'Set AWS_PROFILE and AWS_REGION, or run `aws sso login`.',
      );
    }
  });
  const aws = new AwsObserver(
    login,
    () => readStack({ ...options, timeout: AWS_LIMIT / 1000 }, io),
    scope,
    AWS_LIMIT,
    io.now,
  );
  const table = once(async (): Promise<Observation<TableAccess>> => {
    const found = await login();
    if (found.outcome !== 'observed') return found;
    const given = options.table || io.env.MAINTENANCE_TABLE;
    if (given) return observed({ client, table: given, scope });
    const stack = await aws.stack();
    if (stack.outcome !== 'observed') return stack;
    return await observe(AWS_LIMIT, async () => ({ client, table: stateTableOf(stack.value), scope }));
  });
  const log = new LogObserver(table, AWS_LIMIT, io.now);
  const limit = Math.min(API_LIMIT, options.timeout * 1000);
  const api = options.direct ? null : new ApiObserver(await chooseApi(options, io), io, limit);
  const diagnostics = once(async (): Promise<Observation<DiagnosticsFacts>> => {
    const told = (await api?.diagnostics()) ?? NO_API;
    if (told.outcome === 'observed' && told.value.age_seconds !== null) return told;
    if (told === NOT_DEPLOYED) return told;
    const stack = await aws.stack();
    const table = stack.outcome === 'observed' ? activityTableOf(stack.value) : null;
    if (table === null) return told;
    const kept = await observeRecord(observed({ client, table, scope }), AWS_LIMIT, io.now());
    return kept.outcome === 'observed' ? kept : told;
  });
  return { api, log, aws, diagnostics, login, origin };
}

/** The table of what is counted, where the health check keeps its record; null when the stack has none. */
function activityTableOf({ resources }: StackResources): string | null {
  const tables = resources.filter(({ type }) => type === 'AWS::DynamoDB::Table');
  return tables.find(({ logicalId }) => logicalId.includes('Activity'))?.physicalId ?? null;
}
