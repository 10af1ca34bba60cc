import { createHash, randomUUID } from 'node:crypto';
import { DynamoDbEventLog } from '../../adapters/events/dynamodb-event-log.ts';
import { createStoreClient } from '../../adapters/state/state-store.ts';
import { commandAnswer } from '../../core/commands/answer.ts';
import { type CommandType, parseCommand } from '../../core/commands/parse-command.ts';
import { commandResult } from '../../core/commands/result.ts';
import { validateEnable } from '../../core/commands/validate-enable.ts';
import { StoreUnavailableError } from '../../core/errors.ts';
import { executeCommand, stateOf } from '../../core/events/append-change.ts';
import { historyPage } from '../../core/history/history-page.ts';
import { historyQuery } from '../../core/history/schemas.ts';
import { parse } from '../../core/http/check.ts';
import { HttpProblem, invalidRequest, toHttpProblem } from '../../core/http/problem.ts';
import { statusView } from '../../core/status/status-view.ts';
import { CliError } from '../cli-error.ts';
import { EXIT } from '../exit-code.ts';
import type { Io } from '../io.ts';
import type { JsonObject } from '../json-object.ts';
import type { CommonOptions, DirectOptions } from '../options/common-options.ts';
import { printNote } from '../render/output.ts';
import { type AwsAccess, openAwsAccess } from './aws-access.ts';
import { directCommand } from './direct-calls.ts';
import { explainRefusal } from './explain-refusal.ts';
import { explainStoreFailure } from './explain-store-failure.ts';
import type { Call, Transport } from './transport.ts';

type Options = CommonOptions & Partial<DirectOptions>;

/**
 * The way in for people who are locked out: AWS credentials and the state table alone, needing neither the API nor
 * the identity provider. The same rules judge the same commands, and the answers have the same shapes.
 */
export class DirectTransport implements Transport {
  readonly target: string;
  readonly #log: DynamoDbEventLog;
  readonly #aws: AwsAccess;
  readonly #options: Options;
  readonly #io: Io;

  private constructor(target: string, log: DynamoDbEventLog, aws: AwsAccess, options: Options, io: Io) {
    this.target = target;
    this.#log = log;
    this.#aws = aws;
    this.#options = options;
    this.#io = io;
  }

  /** Throws CliError where the table, the region or the credentials are missing. */
  static async open(options: Options, io: Io): Promise<DirectTransport> {
    const table = options.table || io.env.MAINTENANCE_TABLE || (await tableOfStack(options, io));
    const scope = options.scope ?? 'default';
    const client = createStoreClient({
      ...(options.region === undefined ? {} : { region: options.region }),
      requestHandler: { connectionTimeout: 2000, requestTimeout: 2500, throwOnRequestTimeout: true },
    });
    const aws = await openAwsAccess(client, options.timeout * 1000);
    const target = `table ${table} (${aws.region}, event log ${scope})`;
    printNote(io, options, `Direct: going to ${target} with AWS credentials, not through the API.`);
    return new DirectTransport(target, new DynamoDbEventLog({ client, table, scope }), aws, options, io);
  }

  async send(call: Call): Promise<JsonObject> {
    try {
      return { ...(await this.#answer(call)) };
    } catch (error) {
      if (error instanceof StoreUnavailableError) {
        throw new CliError(explainStoreFailure(error, this.target, call), { cause: error });
      }
      const problem = toHttpProblem(error);
      if (problem.code === 'internal_error') throw error;
      const { status } = problem;
      throw new CliError(
        explainRefusal({
          api: this.target,
          status,
          hasDirectWay: false,
          problem: problem.document(randomUUID()),
        }),
        { cause: error },
      );
    }
  }

  async #answer(call: Call): Promise<object> {
    const route = `${call.method} ${call.path}`;
    if (route === 'GET /status') {
      const state = stateOf(await this.#log.head());
      return statusView(state, {
        now: this.#io.now(),
        forAdmin: true,
        source: 'event_log',
        activeJobs: null,
      });
    }
    if (route === 'POST /validate') {
      return { ...validateEnable(call.body, stateOf(await this.#log.head()), this.#io.now()) };
    }
    if (route === 'GET /history')
      return historyPage(parse(historyQuery, call.query ?? {}, 'query'), this.#log);
    const type = directCommand(call);
    if (type !== undefined) return this.#command(type, call);
    throw new HttpProblem('not_found', `There is no direct way for ${route}.`);
  }

  async #command(type: CommandType, { body, idempotencyKey, ifMatch }: Call): Promise<object> {
    const parsed = parseCommand(type, body);
    if (!parsed.ok) throw invalidRequest(parsed.problems);
    const command = parsed.value;
    const actorId = await this.#aws.identity();
    printNote(this.#io, this.#options, `Direct: acting as ${actorId}.`);
    const { now } = this.#io;
    const outcome = await executeCommand(
      { log: this.#log, now, newId: randomUUID },
      {
        command,
        actor: { id: actorId, role: 'admin', via: 'direct' },
        expectedVersion: ifMatch === undefined ? undefined : Number(ifMatch),
        idempotency:
          idempotencyKey === undefined ? undefined : { key: idempotencyKey, requestHash: digest(type, body) },
        answer: (accepted, before) => commandAnswer(command, accepted, before, null),
      },
    );
    return commandResult(outcome, now()).answer as object;
  }
}

/** Where no table is named, that of the stack. Throws CliError where there is none. */
async function tableOfStack(options: Options, io: Io): Promise<string> {
  const { readStack, stateTableOf } = await import('./stack-resources.ts');
  try {
    return stateTableOf(await readStack(options, io));
  } catch (error) {
    if (!(error instanceof CliError)) throw error;
    const { exitCode, message } = error.complaint;
    throw new CliError(
      {
        exitCode: exitCode === EXIT.notSignedIn ? exitCode : EXIT.usage,
        code: 'table_missing',
        message: `With --direct, the state table must be known, and none was named. ${message}`,
        remedy:
          'Give --table NAME or set MAINTENANCE_TABLE; or name the stack, by --stack or MAINTENANCE_STACK.',
      },
      { cause: error },
    );
  }
}

/** Tells commands apart that carry the same idempotency key. */
function digest(type: CommandType, body: unknown): string {
  return createHash('sha256')
    .update(JSON.stringify([type, body]))
    .digest('hex');
}
