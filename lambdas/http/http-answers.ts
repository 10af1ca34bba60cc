import type { MiddlewareObj, Request } from '@middy/core';
import { type HttpProblem, toHttpProblem } from '../../core/http/problem.ts';
import type { Log } from '../aws/log.ts';
import { corsHeaders } from './cors.ts';
import { headerValues, type ProxyEvent, type ProxyResult } from './proxy-event.ts';

/** Headers of every answer; an answer's own win. */
const COMMON = {
  'Cache-Control': 'private, no-store',
  Vary: 'Authorization, Cookie, Origin',
  'X-Content-Type-Options': 'nosniff',
};

/**
 * Middleware that makes an answer of whatever a handler returns or throws: an error becomes a problem document, and
 * every answer gets the common headers. No body for HEAD. What nobody has thought of is logged once, with its stack.
 */
export function httpAnswers(options: {
  readonly allowedOrigins: readonly string[];
  readonly log: Log;
}): MiddlewareObj<ProxyEvent, ProxyResult> {
  const { allowedOrigins, log } = options;

  const finish = (event: ProxyEvent, answer: ProxyResult): ProxyResult => ({
    ...answer,
    headers: {
      ...COMMON,
      ...corsHeaders(headerValues(event, 'origin')[0], allowedOrigins),
      ...answer.headers,
    },
    body: event.httpMethod === 'HEAD' ? '' : answer.body,
  });

  return {
    after: (request: Request<ProxyEvent, ProxyResult>) => {
      if (request.response !== null) request.response = finish(request.event, request.response);
    },
    onError: (request: Request<ProxyEvent, ProxyResult>) => {
      const { requestId } = request.event.requestContext;
      const problem = toHttpProblem(request.error);
      logProblem(problem, requestId, log);
      request.response = finish(request.event, problemAnswer(problem, requestId));
    },
  };
}

function problemAnswer(problem: HttpProblem, requestId: string): ProxyResult {
  return {
    statusCode: problem.status,
    headers: { 'Content-Type': 'application/problem+json', ...problem.headers },
    body: JSON.stringify(problem.document(requestId)),
    isBase64Encoded: false,
  };
}

function logProblem(problem: HttpProblem, requestId: string, log: Log): void {
  if (problem.status < 500) return;
  const fields = { event: 'request_failed', code: problem.code, request_id: requestId, error: problem.cause };
  if (problem.code === 'internal_error') log.error('A request failed unexpectedly.', fields);
  else if (isDenied(problem)) log.error('The role of this function lacks a permission.', fields);
  else log.warn(problem.message, fields);
}

/** What the services of AWS call a permission that is missing: Amazon SNS has a name of its own. */
const DENIED = ['AccessDeniedException', 'AuthorizationErrorException'];

/** Whether AWS refused it for want of a permission: that does not pass by itself, whatever the caller is told. */
function isDenied({ cause }: Error): boolean {
  return cause instanceof Error && (DENIED.includes(cause.name) || isDenied(cause));
}
