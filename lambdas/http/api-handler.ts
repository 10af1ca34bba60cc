import middy from '@middy/core';
import * as z from 'zod';
import type { Action, ActionOf, API } from '../../core/api/api.ts';
import type { ApiCall } from '../../core/http/api-call.ts';
import { parse } from '../../core/http/check.ts';
import { type AdmitParts, admit, admitBody } from './admit.ts';
import { type Caller, callerOf } from './caller.ts';
import { httpAnswers } from './http-answers.ts';
import { json, type ProxyEvent, type ProxyResult, preflight, queryOf } from './proxy-event.ts';
import { readBody } from './read-body.ts';
import { Router } from './router.ts';

/** A call whose caller may make it, before its body has been looked at. */
export interface Admitted<A extends Action = Action> {
  readonly action: A;
  readonly call: ApiCall;
  readonly event: ProxyEvent;
  readonly caller: Caller;
  /** What stands in the path for each `{name}` of the call's template, as it came. */
  readonly parameters: Readonly<Record<string, string>>;
}

/** A call that fits its row in the table of calls. */
export interface Call<A extends Action = Action> extends Admitted<A> {
  /** The body, with its defaults; undefined where the call takes none or judges it itself. */
  readonly body: BodyOf<A>;
  readonly query: QueryOf<A>;
  /** The JSON value of the body as it came: by it a repeated call is known. */
  readonly sent: unknown;
}

type BodyOf<A extends Action> = Parsed<(typeof API)[A], 'body'>;
type QueryOf<A extends Action> = Parsed<(typeof API)[A], 'query'>;
type Parsed<Row, K extends 'body' | 'query'> = Row extends { readonly [key in K]: infer S extends z.ZodType }
  ? Row extends { readonly checksBody: true }
    ? undefined
    : z.output<S>
  : undefined;

/** What answers a call: a JSON value, sent with the status of the call's row; or what is no such answer as a whole. */
export type Served = Answered | ProxyResult;

export interface Answered {
  readonly answer: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

/** How a function serves each of its calls, with the parts it is made of. They throw what `toHttpProblem` knows. */
export type ServeTable<F extends ApiCall['servedBy'], P> = {
  readonly [A in ActionOf<F>]: (call: Call<A>, parts: P) => Promise<Served>;
};

/** Serves a call by a table. */
export function serveBy<F extends ApiCall['servedBy'], P>(
  table: ServeTable<F, P>,
  call: Call<ActionOf<F>>,
  parts: P,
): Promise<Served> {
  // That the call is the one of its action is known by whoever made it, not by the compiler.
  const serve = table[call.action] as (call: Call<ActionOf<F>>, parts: P) => Promise<Served>;
  return serve(call, parts);
}

interface ApiParts extends AdmitParts {
  readonly allowedOrigins: readonly string[];
}

interface ApiSteps<F extends ApiCall['servedBy']> {
  /** Functions that are no part of the deployment: `beforeBody` refuses their calls. */
  readonly absent?: readonly ApiCall['servedBy'][];
  /** Answers, or throws, before a body is looked at; null goes on. */
  readonly beforeBody?: (call: Admitted<ActionOf<F>>) => Promise<ProxyResult | null>;
  readonly serve: (call: Call<ActionOf<F>>) => Promise<Served>;
}

/** The Lambda handler of a function that serves calls of the API, and nothing else. */
export function createApiHandler<F extends ApiCall['servedBy']>(
  servedBy: F,
  parts: ApiParts,
  steps: ApiSteps<F>,
) {
  return middy<ProxyEvent, ProxyResult>()
    .use(httpAnswers(parts))
    .handler(answerCalls(servedBy, parts, steps));
}

/**
 * Answers the calls of the API that a function serves, as their table has it: finds the call, admits the caller, checks
 * body and query, has it served. Throws what `toHttpProblem` knows.
 */
export function answerCalls<F extends ApiCall['servedBy']>(
  servedBy: F,
  parts: AdmitParts,
  { absent = [], beforeBody, serve }: ApiSteps<F>,
): (event: ProxyEvent) => Promise<ProxyResult> {
  const router = new Router(servedBy, ...(absent as readonly F[]));
  return async (event) => {
    const { httpMethod: method, path } = event;
    if (method === 'OPTIONS') return preflight(router.methodsOf(path));
    const route = router.find(method, path);
    const caller = callerOf(event);
    admit(caller, route.call, event, parts);
    const admitted = { ...route, event, caller };
    const early = await beforeBody?.(admitted);
    if (early) return early;
    const fitting = given(route.call, event);
    admitBody(fitting.body, caller, route.call, event, parts);
    const served = await serve({ ...admitted, ...fitting } as Call<ActionOf<F>>);
    if ('statusCode' in served) return served;
    return json(route.call.status ?? 200, served.answer, served.headers);
  };
}

const NO_QUERY = z.strictObject({});

/** What a call was given. Throws HttpProblem with status 400 where its row doesn't take that. */
function given({ body, query, checksBody }: ApiCall, event: ProxyEvent) {
  // Before the body: who misspells `dry_run` must not begin a maintenance, whatever else is right.
  const asked = parse(query ?? NO_QUERY, queryOf(event), 'query');
  const sent = body === undefined ? undefined : readBody(event);
  return {
    sent,
    body: body === undefined || checksBody ? undefined : parse(body, sent, 'body'),
    query: query === undefined ? undefined : asked,
  };
}
