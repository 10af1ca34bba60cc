import { randomUUID } from 'node:crypto';
import { LOCAL_ACCOUNT } from '../account.ts';
import { type ContextVariables, type GatewayRequest, headerValue } from './exchange.ts';
import type { RestApi } from './rest-api.ts';

/** The variables that are known as soon as a request arrives. */
export function contextVariables(api: RestApi, request: GatewayRequest): ContextVariables {
  const requestId = randomUUID();
  const host = headerValue(request.headers, 'host')?.replace(/:\d+$/, '') ?? '';
  const variables: ContextVariables = new Map([
    ['accountId', LOCAL_ACCOUNT],
    ['apiId', api.id],
    ['domainName', host],
    ['domainPrefix', host.split('.')[0] ?? ''],
    ['extendedRequestId', `${requestId.slice(0, 13)}=`],
    ['httpMethod', request.method],
    ['identity.sourceIp', request.sourceIp],
    ['path', request.path],
    ['protocol', 'HTTP/1.1'],
    ['requestId', requestId],
    ['requestTime', commonLogTime(request.receivedAt)],
    ['requestTimeEpoch', String(request.receivedAt)],
    ['stage', api.stage],
  ]);
  const userAgent = headerValue(request.headers, 'user-agent');
  if (userAgent !== undefined) variables.set('identity.userAgent', userAgent);
  return variables;
}

/** Such as `15/Jan/2026:10:00:00 +0000`. */
function commonLogTime(time: number): string {
  const [, day, month, year, clock] =
    /^\w+, (\d+) (\w+) (\d+) ([\d:]+)/.exec(new Date(time).toUTCString()) ?? [];
  return `${day}/${month}/${year}:${clock} +0000`;
}
