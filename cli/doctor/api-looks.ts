import type * as z from 'zod';
import { CANARY_PATH, CONTROL_BASE_PATH } from '../../core/environment.ts';
import { CliError } from '../cli-error.ts';
import { EXIT } from '../exit-code.ts';
import type { Io } from '../io.ts';
import { isObject, textOf } from '../json-object.ts';
import { accessToken } from '../sign-in/access-token.ts';
import { HttpTransport } from '../transport/http-transport.ts';
import { type CanaryFacts, isAsStated } from './checks/enforcement.ts';
import * as facts from './checks/facts.ts';
import { lookAt } from './look-at.ts';
import { type Look, seen, unable } from './observation.ts';
import { once } from './once.ts';

/** Longest time for a token to be refreshed, ms: what needs it has to be asked after that. */
const SIGN_IN_LIMIT = 2500;
/** How long a toggle may take until every instance decides by it, and the status may be old, ms. */
const SETTLED_AFTER = 1100;

const STORE_AWAY = unable('The state store does not answer: see event_log_read.');

/** What can be seen by the HTTP API, with a sign-in and without; each is looked at once. */
export class ApiLooks {
  readonly target: string;
  readonly #limit: number;
  readonly #everybody: HttpTransport;
  readonly #admin: HttpTransport;

  /** @param limit longest wait for one answer, ms */
  constructor(api: string, io: Io, limit: number) {
    this.target = api;
    this.#limit = limit;
    this.#everybody = new HttpTransport({ api, timeout: limit, token: async () => null });
    const token = once(() => tokenFor(io, api));
    this.#admin = new HttpTransport({ api, timeout: limit, token });
  }

  readonly head = once(() =>
    lookAt(this.#limit, async (signal) => {
      const answer = await this.#fetch('HEAD', `${CONTROL_BASE_PATH}/status`, signal);
      return answer.status;
    }),
  );
  readonly status = once(() => this.#get('/status', facts.statusFacts, this.#everybody));
  /** Answered with the same body when the system is unhealthy. */
  readonly health = once(() =>
    this.#unlessAway(
      lookAt(this.#limit, async (signal) => {
        const answer = await this.#fetch('GET', `${CONTROL_BASE_PATH}/health`, signal);
        const body = await bodyOf(answer);
        if (isObject(body) && body.error === 'authorizer_unavailable') {
          throw new CliError({ exitCode: EXIT.failed, code: 'authorizer_unavailable', message: '' });
        }
        return parsed(facts.healthFacts, body, '/health');
      }),
    ),
  );
  readonly whoAmI = once(() => this.#get('/whoami', facts.whoAmIFacts));
  readonly diagnostics = once(() => this.#get('/diagnostics', facts.diagnosticsFacts));
  readonly history = once(() => this.#get('/history', facts.historyFacts, this.#admin, { limit: '100' }));
  readonly rules = once(() => this.#get('/rules', facts.rulesFacts, this.#admin, { limit: '100' }));
  readonly windows = once(() => this.#get('/windows', facts.windowsFacts, this.#admin, { limit: '100' }));
  readonly sessions = once(() => this.#get('/sessions/statistics', facts.sessionsFacts));
  readonly stopping = once(() =>
    this.#get('/jobs', facts.jobsFacts, this.#admin, { status: 'cancelling', limit: '100' }),
  );

  /** The report of what is active, null while nothing is. */
  readonly report = once(async (): Promise<Look<facts.ReportFactsSeen | null>> => {
    const status = await this.status();
    if (status.outcome !== 'seen') return unable('The state is not known: see status_read.');
    if (!status.value.is_active) return seen(null);
    const newest = await this.#get('/reports', facts.reportsFacts, this.#admin, { limit: '1' });
    if (newest.outcome !== 'seen') return newest;
    const id = newest.value.items[0]?.id;
    return id === undefined ? seen(null) : await this.#get(`/reports/${id}`, facts.reportFacts);
  });

  /** Looks twice where the first look does not fit: a toggle may just be under way. */
  readonly enforcement = once(async () => {
    const first = await this.#canaryWithStatus(await this.status());
    if (first.canary.outcome !== 'seen' || first.status.outcome !== 'seen') return first;
    if (isAsStated(first.status.value, first.canary.value)) return first;
    await new Promise((resolve) => setTimeout(resolve, SETTLED_AFTER));
    return this.#canaryWithStatus(await this.#get('/status', facts.statusFacts, this.#everybody));
  });

  async #canaryWithStatus(
    status: Look<facts.StatusFacts>,
  ): Promise<{ status: Look<facts.StatusFacts>; canary: Look<CanaryFacts> }> {
    const look = lookAt(this.#limit, async (signal) => {
      const answer = await this.#fetch('GET', CANARY_PATH, signal);
      const { status: code, headers } = answer;
      const body = await bodyOf(answer);
      const told = headers.get('x-maintenance-version') ?? (isObject(body) ? textOf(body.version) : null);
      return {
        status: code,
        version: told ? Number(told) : null,
        mode: headers.get('x-maintenance-mode'),
      };
    });
    return { status, canary: await this.#unlessAway(look) };
  }

  async #fetch(method: string, path: string, signal: AbortSignal): Promise<Response> {
    return await fetch(`${this.target}${path}`, { method, redirect: 'manual', signal });
  }

  async #get<S extends z.ZodType>(
    path: string,
    schema: S,
    transport = this.#admin,
    query: Readonly<Record<string, string>> = {},
  ): Promise<Look<z.output<S>>> {
    const look = await this.#unlessAway(
      lookAt(this.#limit + SIGN_IN_LIMIT, async () =>
        parsed(schema, await transport.send({ method: 'GET', path, query }), path),
      ),
    );
    const isStoreAway = look.outcome === 'failed' && look.code === 'state_store_unavailable';
    return isStoreAway && path !== '/history' ? STORE_AWAY : look;
  }

  /** Where nobody answers at all, each call that comes to nothing says nothing of its own. */
  async #unlessAway<T>(looking: Promise<Look<T>>): Promise<Look<T>> {
    const look = await looking;
    if (look.outcome !== 'failed') return look;
    const head = await this.head();
    return head.outcome === 'failed' ? unable('The API does not answer: see head_status.') : look;
  }
}

/** Throws CliError (not signed in), also when the user pool does not answer. */
async function tokenFor(io: Io, api: string): Promise<string> {
  try {
    return await accessToken(io, api, SIGN_IN_LIMIT);
  } catch (error) {
    if (!(error instanceof CliError)) throw error;
    throw new CliError({ ...error.complaint, exitCode: EXIT.notSignedIn }, { cause: error });
  }
}

async function bodyOf(answer: Response): Promise<unknown> {
  const text = await answer.text();
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

function parsed<S extends z.ZodType>(schema: S, body: unknown, path: string): z.output<S> {
  const { success, data } = schema.safeParse(body);
  if (success) return data;
  throw new CliError({
    exitCode: EXIT.failed,
    code: 'malformed_answer',
    message: `GET ${CONTROL_BASE_PATH}${path} was not answered with what belongs there.`,
    remedy: 'Is it the address of an API behind maintenance mode, of a version near to that of this command?',
  });
}
