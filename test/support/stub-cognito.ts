import { json, type StubAnswer, type StubRequest } from './stub-server.ts';

/** What a user pool says to one action: a body, or an error by its name. */
export type PoolAnswer = object | { readonly error: string; readonly message: string };

/** The parameters of a call of a user pool, as far as tests look at them. */
interface PoolCall {
  readonly action: string;
  readonly input: Record<string, unknown>;
}

/** The calls of the user pool among requests. */
export function poolCalls(requests: readonly StubRequest[]): PoolCall[] {
  return requests.filter(isPoolCall).map(({ headers, body }) => ({
    action: String(headers['x-amz-target']).replace('AWSCognitoIdentityProviderService.', ''),
    input: JSON.parse(body),
  }));
}

export function isPoolCall({ headers }: StubRequest): boolean {
  return headers['x-amz-target'] !== undefined;
}

/** A user pool that gives these answers, one after the other. */
export function poolAnswering(...answers: readonly PoolAnswer[]): StubAnswer {
  const left = [...answers];
  return (request, response) => {
    const answer = left.shift() ?? { error: 'InternalErrorException', message: 'nothing more was expected' };
    if ('error' in answer) {
      const { error, message } = answer as { error: string; message: string };
      json(400, { __type: error, message })(request, response);
    } else {
      json(200, answer)(request, response);
    }
  };
}

/** Tokens as a user pool gives them, for somebody, for some seconds. */
export function tokensFor(username: string, expiresIn = 900, refreshToken: string | undefined = 'refresh') {
  const payload = Buffer.from(JSON.stringify({ username })).toString('base64url');
  return {
    AuthenticationResult: {
      AccessToken: `e30.${payload}.signature`,
      ExpiresIn: expiresIn,
      RefreshToken: refreshToken,
      TokenType: 'Bearer',
    },
  };
}
