import { describe, expect, test } from '@jest/globals';
import {
  CorruptLogError,
  OutcomeUnknownError,
  StateTooLargeError,
  StoreUnavailableError,
} from '../../../../core/errors.ts';
import { HttpProblem, invalidRequest, toHttpProblem } from '../../../../core/http/problem.ts';

describe('every error has its answer', () => {
  test.each<[error: unknown, status: number, code: string]>([
    [new HttpProblem('not_found', 'Nothing here.'), 404, 'not_found'],
    [invalidRequest([{ field: 'reason', message: 'is required' }]), 400, 'invalid_request'],
    [new StoreUnavailableError('secret'), 503, 'state_store_unavailable'],
    [new OutcomeUnknownError(7, 'secret'), 503, 'state_store_unavailable'],
    [new StateTooLargeError(9000, 8192), 400, 'invalid_request'],
    [new CorruptLogError(7, 'secret'), 500, 'internal_error'],
    [new TypeError('secret'), 500, 'internal_error'],
    ['secret', 500, 'internal_error'],
    [undefined, 500, 'internal_error'],
  ])('%p', (error, status, code) => {
    const problem = toHttpProblem(error);
    const document = problem.document('request-1');
    expect(document).toMatchObject({
      type: `urn:problem:${code.replaceAll('_', '-')}`,
      title: expect.any(String),
      status,
      error: code,
      message: document.detail,
      details: expect.any(Array),
      request_id: 'request-1',
    });
    expect(JSON.stringify(document)).not.toContain('secret');
    expect(problem.headers['Retry-After']).toBe(status === 503 ? '5' : undefined);
  });
});

test('a refusal for its fields names each, in the message and one by one', () => {
  const details = [
    { field: 'reason', message: 'is required' },
    { field: 'hours', message: 'is not a field of this call' },
  ];
  expect(invalidRequest(details).document('r')).toMatchObject({
    details,
    message: 'reason is required; hours is not a field of this call.',
  });
});
