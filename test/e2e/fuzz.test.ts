import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { alwaysAllowedRoutes } from '../../core/decision/always-allowed.ts';
import { classify } from '../../core/decision/classify.ts';
import { decide } from '../../core/decision/decide.ts';
import { CONTROL_BASE_PATH } from '../../core/environment.ts';
import type { Maintenance } from '../../core/state/state.ts';
import { DEFAULT_ALWAYS_ALLOWED } from '../../lib/configuration/schema.ts';
import { type Answer, Cloud, type Received } from '../support/cloud.ts';
import { emergency, normalMaintenance } from '../support/examples.ts';
import { seededRandom, type TrickyRequest, TrickyRequests } from '../support/tricky-requests.ts';

/** Set FUZZ_SEED to send the requests of an earlier run again. */
const SEED = Number(process.env.FUZZ_SEED ?? Date.now() % 2 ** 31);
/** The sample origin remembers its last 1 000 requests. */
const BATCH = 1000;
const AT_A_TIME = 24;

const alwaysAllowed = alwaysAllowedRoutes(DEFAULT_ALWAYS_ALLOWED);

let cloud: Cloud;
beforeAll(async () => {
  cloud = await Cloud.start();
  // Once a maintenance is active, members can't sign in.
  await cloud.token('member');
  console.info(`Fuzzing with FUZZ_SEED=${SEED}`);
});
afterAll(() => cloud?.stop());

const random = new TrickyRequests(seededRandom(SEED));

/** Whether the rules let a request pass to the origin, by its verb and by the one that it names beside. */
function mayPass(request: TrickyRequest, maintenance: Maintenance): boolean {
  const named = Object.entries(request.headers)
    .filter(([name]) => name.toLowerCase() === 'x-http-method-override')
    .flatMap(([, values]) => values);
  return [request.method, ...named].every((method) => mayPassBy({ ...request, method }, maintenance));
}

function mayPassBy({ method, target, as }: TrickyRequest, maintenance: Maintenance): boolean {
  const { operation, canonicalPath } = classify(method, target);
  if (method === 'OPTIONS') return true;
  if (canonicalPath !== null && alwaysAllowed.find(method, canonicalPath) !== undefined) return true;
  const role = as === 'nobody' ? 'anonymous' : as;
  return decide(maintenance, operation, role) !== 'block';
}

interface Exchange {
  readonly request: TrickyRequest;
  readonly answer: Answer;
  readonly received: readonly Received[];
}

/** Sends requests, several at a time, each with its number, and finds what reached the origin of each. */
async function send(requests: readonly TrickyRequest[]): Promise<Exchange[]> {
  const tokens = {
    nobody: undefined,
    member: await cloud.token('member'),
    admin: await cloud.token('admin'),
  };
  const answers: Answer[] = [];
  const waiting = requests.entries();
  const sendOn = async (): Promise<void> => {
    for (const [index, { method, target, as, headers, body }] of waiting) {
      const token = tokens[as];
      const own = { ...headers, 'X-Fuzz': String(index) };
      const shown = token === undefined ? own : { ...own, Authorization: `Bearer ${token}` };
      answers[index] = await cloud.call(method, target, { headers: shown, body });
    }
  };
  await fetch(`${cloud.local.origin}/_origin/requests`, { method: 'DELETE' });
  await Promise.all(Array.from({ length: AT_A_TIME }, sendOn));
  const received = Map.groupBy(await cloud.received(), numberOf);
  return requests.map((request, index) => ({
    request,
    answer: answers[index] as Answer,
    received: received.get(String(index)) ?? [],
  }));
}

function numberOf({ rawHeaders }: Received): string | undefined {
  const index = rawHeaders.findIndex((name, place) => place % 2 === 0 && name.toLowerCase() === 'x-fuzz');
  return index === -1 ? undefined : rawHeaders[index + 1];
}

/** What is wrong with an exchange, null when nothing is. */
function complaint({ request, answer, received }: Exchange, maintenance: Maintenance): string | null {
  const allowed = mayPass(request, maintenance);
  const [first, second] = received;
  if (second !== undefined) return 'reached the origin twice';
  if (first !== undefined && !allowed) return 'is blocked, and reached the origin';
  if (first !== undefined && (first.method !== request.method || first.url !== forwarded(request.target))) {
    return `was rewritten to ${first.method} ${first.url}`;
  }
  if (answer.status >= 500 && answer.status !== 503) return `was answered ${answer.status}`;
  if (answer.status === 503 && answer.json?.error === 'authorizer_unavailable') return 'was not decided';
  const isControl = request.target.startsWith(CONTROL_BASE_PATH);
  if (answer.status === 503 && allowed && !isControl) return 'may pass, and was blocked';
  if (first !== undefined || answer.status < 400 || request.method === 'HEAD') return null;
  return malformed(request, answer);
}

/** The one path that API Gateway changes: it takes `/api/` for the resource `/api`. */
function forwarded(target: string): string {
  return target.replace(/^\/api\/(?=$|\?)/, '/api');
}

/** Errors of ours are problem documents, or pages where pages were asked for. */
function malformed({ headers }: TrickyRequest, { status, headers: got, text, json }: Answer): string | null {
  const type = got['content-type'] ?? '';
  if (type.startsWith('text/html')) {
    const wanted = /text/.test(headers.Accept ?? '');
    return wanted && text.startsWith('<!doctype html>') ? null : 'got a page, or no good one';
  }
  if (type !== 'application/problem+json') return `got an error of type ${type}`;
  if (typeof json?.error !== 'string' || (json.status ?? status) !== status)
    return `got no problem document: ${text}`;
  return status === 503 && got['retry-after'] === undefined ? 'got no Retry-After' : null;
}

/** The body makes no difference to a decision; the seed tells it. */
function shown({ body: _, ...request }: TrickyRequest): string {
  return JSON.stringify(request);
}

async function expectToHold(count: number, maintenance: Maintenance): Promise<void> {
  const complaints: string[] = [];
  const seen = { blocked: 0, passed: 0, control: 0 };
  for (let sent = 0; sent < count; sent += BATCH) {
    const exchanges = await send(Array.from({ length: BATCH }, () => random.next()));
    for (const exchange of exchanges) {
      const { request, answer, received } = exchange;
      const why = complaint(exchange, maintenance);
      if (why !== null) complaints.push(`${answer.status} ${why}: ${shown(request)}`);
      if (received.length > 0) seen.passed += 1;
      else if (answer.status === 503) seen.blocked += 1;
      else seen.control += 1;
    }
  }
  expect({ seed: SEED, complaints: complaints.slice(0, 20), of: complaints.length }).toEqual({
    seed: SEED,
    complaints: [],
    of: 0,
  });
  // Requests that never get anywhere would prove nothing.
  expect(Math.min(...Object.values(seen))).toBeGreaterThan(count / 50);
}

describe('10 000 tricky requests: none that is blocked reaches the origin, none breaks the authorizer', () => {
  test('7 000 in normal mode', async () => {
    await cloud.enable({ reason: 'Fuzz "quoted" <b>$context.requestId</b>' });
    await expectToHold(7000, normalMaintenance());
  });

  test('3 000 in an emergency', async () => {
    const answer = await cloud.as('admin', 'POST', '/emergency', { reason: 'Fuzz' });
    expect(answer.status).toBe(200);
    await cloud.enforced();
    await expectToHold(3000, emergency());
  });
});
