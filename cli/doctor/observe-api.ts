import type * as z from 'zod';
import { CANARY_PATH, CONTROL_BASE_PATH } from '../../core/environment.ts';
import { type Observation, observed, unable } from '../../core/health/observation.ts';
import { CliError } from '../cli-error.ts';
import { EXIT } from '../exit-code.ts';
import type { Io } from '../io.ts';
import { isObject, textOf } from '../json-object.ts';
import { accessToken } from '../sign-in/access-token.ts';
import { HttpTransport } from '../transport/http-transport.ts';
import * as facts from './api-facts.ts';
import { type CanaryFacts, isAsStated } from './canary.ts';
import { observe } from './observe.ts';
import { once } from './once.ts';

/** Longest time for a token to be refreshed, ms: what needs it has to be asked after that. */
const SIGN_IN_LIMIT = 2500;
/** How long a toggle may take until every instance decides by it, and the status may be old, ms. */
const SETTLED_AFTER = 1100;

const STORE_AWAY = unable('The state store does not answer.', 'See event_log_read.');

/** What can't be observed because the deployment has no such part. */
export const NOT_DEPLOYED = {
  outcome: 'unable',
  why: 'The deployment is without these parts.',
  remedy: 'docs/configuration.md#parts says how to switch them on.',
} as const;

/** What can be observed by the HTTP API, with a sign-in and without; each once. */
export class ApiObserver {
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
    observe(this.#limit, async (signal) => {
      const answer = await this.#fetch('HEAD', `${CONTROL_BASE_PATH}/status`, signal);
      return answer.status;
    }),
  );
  readonly status = once(() => this.#get('/status', facts.statusFacts, this.#everybody));
  /** Answered with the same body when the system is unhealthy. */
  readonly health = once(() =>
    this.#unlessAway(
      observe(this.#limit, async (signal) => {
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
  readonly report = once(async (): Promise<Observation<facts.ReportFactsSeen | null>> => {
    const status = await this.status();
    if (status.outcome !== 'observed') return unable('The state is not known.', 'See status_read.');
    if (!status.value.is_active) return observed(null);
    const newest = await this.#get('/reports', facts.reportsFacts, this.#admin, { limit: '1' });
    if (newest.outcome !== 'observed') return newest;
    const id = newest.value.items[0]?.id;
    return id === undefined ? observed(null) : await this.#get(`/reports/${id}`, facts.reportFacts);
  });

  /** Asks twice where the first answer does not fit: a toggle may just be under way. */
  readonly enforcement = once(async () => {
    const first = await this.#canaryWithStatus(await this.status());
    if (first.canary.outcome !== 'observed' || first.status.outcome !== 'observed') return first;
    if (isAsStated(first.status.value, first.canary.value)) return first;
    await new Promise((resolve) => setTimeout(resolve, SETTLED_AFTER));
    return this.#canaryWithStatus(await this.#get('/status', facts.statusFacts, this.#everybody));
  });

  async #canaryWithStatus(
    status: Observation<facts.StatusFacts>,
  ): Promise<{ status: Observation<facts.StatusFacts>; canary: Observation<CanaryFacts> }> {
    const found = observe(this.#limit, async (signal) => {
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
    return { status, canary: await this.#unlessAway(found) };
  }

  async #fetch(method: string, path: string, signal: AbortSignal): Promise<Response> {
    return await fetch(`${this.target}${path}`, { method, redirect: 'manual', signal });
  }

  async #get<S extends z.ZodType>(
    path: string,
    schema: S,
    transport = this.#admin,
    query: Readonly<Record<string, string>> = {},
  ): Promise<Observation<z.output<S>>> {
    const found = await this.#unlessAway(
      observe(this.#limit + SIGN_IN_LIMIT, async () =>
        parsed(schema, await transport.send({ method: 'GET', path, query }), path),
      ),
    );
    if (found.outcome === 'failed' && found.code === 'not_deployed') return NOT_DEPLOYED;
    const isStoreAway = found.outcome === 'failed' && found.code === 'state_store_unavailable';
    return isStoreAway && path !== '/history' ? STORE_AWAY : found;
  }

  /** Where nobody answers at all, each call that comes to nothing says nothing of its own. */
  async #unlessAway<T>(observing: Promise<Observation<T>>): Promise<Observation<T>> {
    const found = await observing;
    if (found.outcome !== 'failed') return found;
    const head = await this.head();
    return head.outcome === 'failed' ? unable('The API does not answer.', 'See head_status.') : found;
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
