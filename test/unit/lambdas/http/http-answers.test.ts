import { expect, test } from '@jest/globals';
import middy from '@middy/core';
import { StoreUnavailableError } from '../../../../core/errors.ts';
import { httpAnswers } from '../../../../lambdas/http/http-answers.ts';
import { proxyEvent } from '../../../support/proxy-event.ts';
import { RecordingLog } from '../../../support/recording-log.ts';

const fromAws = (name: string): Error => Object.assign(new Error('User: arn:aws:sts::1:x'), { name });
const storeAway = (cause: Error): Error => new StoreUnavailableError('Reading failed.', { cause });

test.each([
  ['a permission that is missing', storeAway(fromAws('AccessDeniedException')), 503, 'ERROR'],
  ['a store that does not answer', storeAway(fromAws('TimeoutError')), 503, 'WARN'],
  ['what nobody has thought of', new TypeError('x is not a function'), 500, 'ERROR'],
])('%s: logged as an error where a person has to act', async (_what, error, status, level) => {
  const log = new RecordingLog();
  const handler = middy(async () => Promise.reject(error)).use(httpAnswers({ allowedOrigins: ['*'], log }));
  const answer = await handler(proxyEvent('GET', '/api/maintenance'), {} as never);
  expect(answer).toMatchObject({ statusCode: status });
  expect(JSON.stringify(answer)).not.toContain('arn:aws');
  expect(log.lines).toMatchObject([{ level, fields: { event: 'request_failed' } }]);
});
