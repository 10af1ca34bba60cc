import { readdir } from 'node:fs/promises';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { CliSandbox } from '../../../support/run-cli.ts';
import {
  isPoolCall,
  type PoolAnswer,
  poolAnswering,
  poolCalls,
  tokensFor,
} from '../../../support/stub-cognito.ts';
import { json, StubServer } from '../../../support/stub-server.ts';

const STATUS = { is_active: false, mode: 'normal', message: 'No maintenance is active', version: 3 };
const CHALLENGE = { ChallengeName: 'NEW_PASSWORD_REQUIRED', Session: 's1', ChallengeParameters: {} };
const TOTP = { ChallengeName: 'SOFTWARE_TOKEN_MFA', Session: 's2', ChallengeParameters: {} };
const SMS = {
  ChallengeName: 'SMS_MFA',
  Session: 's3',
  ChallengeParameters: { CODE_DELIVERY_DESTINATION: '+*******12', USER_ID_FOR_SRP: 'sub-1' },
};

let stub: StubServer;
let sandbox: CliSandbox;

beforeAll(async () => {
  stub = await StubServer.start();
});
afterAll(() => stub.stop());
beforeEach(async () => {
  sandbox = await CliSandbox.create();
  stub.requests.length = 0;
});
afterEach(() => sandbox.remove());

/** An API whose user pool gives these answers. */
function poolGives(...answers: readonly PoolAnswer[]): void {
  const pool = poolAnswering(...answers);
  stub.answer = (request, response) => {
    if (isPoolCall(request)) pool(request, response);
    else if (request.url === '/api/maintenance/signin') {
      json(200, { issuer: `${stub.url}/eu-central-1_pool`, client_id: 'client-1' })(request, response);
    } else json(200, STATUS)(request, response);
  };
}

function login(...more: readonly string[]) {
  return sandbox.run('login', '--api', stub.url, '--username', 'admin', '--password', 'right', ...more);
}

/** The Authorization header of the last call of the API. */
function shownToken(): string | undefined {
  return stub.requests.filter((request) => !isPoolCall(request)).at(-1)?.headers.authorization;
}

describe('login', () => {
  test('signs in at the user pool that the API names, without AWS credentials', async () => {
    poolGives(tokensFor('alice'));

    const { exitCode, stdout } = await login();

    expect(exitCode).toBe(0);
    expect(stdout).toMatch(`Signed in to ${stub.url} as alice.`);
    expect(stdout).toMatch(/expires at .* UTC \(in 15 min\)|expires at .* UTC \(in 14 min/);
    expect(poolCalls(stub.requests)).toEqual([
      {
        action: 'InitiateAuth',
        input: {
          AuthFlow: 'USER_PASSWORD_AUTH',
          ClientId: 'client-1',
          AuthParameters: { USERNAME: 'admin', PASSWORD: 'right' },
        },
      },
    ]);
    expect(stub.requests.map(({ headers }) => headers.authorization)).toEqual([undefined, undefined]);
  });

  test('with --json prints the token and when it expires, and nothing else', async () => {
    poolGives(tokensFor('alice'));
    sandbox.now = () => Date.parse('2026-01-15T10:00:00Z');

    const { stdout, stderr } = await login('--json');

    const { AuthenticationResult } = tokensFor('alice');
    expect(JSON.parse(stdout)).toEqual({
      token: AuthenticationResult.AccessToken,
      expires_at: '2026-01-15T10:15:00.000Z',
    });
    expect(stderr).toBe('');
  });

  test('is remembered: later commands need neither the address nor the password', async () => {
    poolGives(tokensFor('alice'));
    await login();

    const { exitCode, stdout } = await sandbox.run('status');

    expect([exitCode, stdout]).toEqual([0, expect.stringContaining('No maintenance is active')]);
    expect(shownToken()).toBe(`Bearer ${tokensFor('alice').AuthenticationResult.AccessToken}`);
  });

  test('takes the password from the environment', async () => {
    poolGives(tokensFor('alice'));
    sandbox.env.MAINTENANCE_PASSWORD = 'from the environment';
    sandbox.env.MAINTENANCE_API = stub.url;

    expect(await sandbox.run('login', '--username', 'admin')).toMatchObject({ exitCode: 0 });

    expect(poolCalls(stub.requests)[0]?.input.AuthParameters).toMatchObject({
      PASSWORD: 'from the environment',
    });
  });

  test('asks on a terminal for what is missing, and shows no password', async () => {
    poolGives(tokensFor('alice'));

    const { exitCode, stdout, stderr } = await sandbox.runOnTerminal(
      ['login', '--api', stub.url],
      [
        ['Username', 'admin\r'],
        ['Password', 'hunter2\r'],
      ],
    );

    expect([exitCode, stdout]).toEqual([0, expect.stringContaining('as alice')]);
    expect(stderr).not.toContain('hunter2');
    expect(poolCalls(stub.requests)[0]?.input.AuthParameters).toEqual({
      USERNAME: 'admin',
      PASSWORD: 'hunter2',
    });
  });

  test('Ctrl-C at a question ends it quietly with 130', async () => {
    poolGives();

    const outcome = await sandbox.runOnTerminal(['login', '--api', stub.url], [['Username', '\u0003']]);

    expect(outcome).toMatchObject({ exitCode: 130, stdout: '' });
    expect(outcome.stderr).not.toMatch(/error/i);
    expect(poolCalls(stub.requests)).toEqual([]);
  });

  test.each([
    ['a new password', [CHALLENGE], ['--new-password', 'new'], { USERNAME: 'admin', NEW_PASSWORD: 'new' }],
    [
      'a code of the authenticator',
      [TOTP],
      ['--mfa-code', '123456'],
      { USERNAME: 'admin', SOFTWARE_TOKEN_MFA_CODE: '123456' },
    ],
    [
      'a code by text message',
      [SMS],
      ['--mfa-code', '654321'],
      { USERNAME: 'sub-1', SMS_MFA_CODE: '654321' },
    ],
    [
      'a new password and then a code',
      [CHALLENGE, TOTP],
      ['--new-password', 'new', '--mfa-code', '123456'],
      { USERNAME: 'admin', SOFTWARE_TOKEN_MFA_CODE: '123456' },
    ],
  ])('gives %s when the user pool asks for it', async (_, challenges, options, responses) => {
    poolGives(...challenges, tokensFor('alice'));

    expect(await login(...options)).toMatchObject({ exitCode: 0 });

    const last = poolCalls(stub.requests).at(-1);
    expect(last?.action).toBe('RespondToAuthChallenge');
    expect(last?.input).toMatchObject({
      Session: challenges.at(-1)?.Session,
      ChallengeResponses: responses,
    });
  });

  test('asks on a terminal for a new password twice, and for a code', async () => {
    poolGives(CHALLENGE, SMS, tokensFor('alice'));

    const { exitCode, stderr } = await sandbox.runOnTerminal(
      ['login', '--api', stub.url, '-u', 'admin', '-p', 'old'],
      [
        ['New password', 'new secret\r'],
        ['New password again', 'new secret\r'],
        ['Code sent to +*******12', '123456\r'],
      ],
    );

    expect(exitCode).toBe(0);
    expect(stderr).not.toContain('new secret');
    expect(poolCalls(stub.requests)[1]?.input.ChallengeResponses).toMatchObject({
      NEW_PASSWORD: 'new secret',
    });
  });

  test.each<[string, PoolAnswer, number, RegExp]>([
    [
      'a wrong password',
      refusal('NotAuthorizedException', 'Incorrect username or password.'),
      3,
      /Incorrect/,
    ],
    [
      'a member during maintenance',
      refusal('UserLambdaValidationException', 'PreTokenGeneration failed with error Maintenance is active.'),
      1,
      /^Error: Sign-in refused: Maintenance is active\.$/m,
    ],
    [
      'what another trigger says',
      refusal('UserLambdaValidationException', 'PreTokenGeneration failed with error Not from here!.'),
      1,
      /^Error: Sign-in refused: Not from here!$/m,
    ],
    ['a password to be reset', refusal('PasswordResetRequiredException', 'x'), 3, /must be reset/],
    ['a wrong code', refusal('CodeMismatchException', 'Invalid code received.'), 3, /Invalid code/],
    ['any other refusal', refusal('InvalidParameterException', 'Flow not enabled.'), 3, /Flow not enabled/],
    ['a challenge nobody knows', { ChallengeName: 'DEVICE_SRP_AUTH' }, 3, /asks for DEVICE_SRP_AUTH/],
    ['an answer without a token', { AuthenticationResult: {} }, 3, /without an access token/],
    ['a new password without a terminal', CHALLENGE, 2, /--new-password/],
    ['a code without a terminal', SMS, 2, /sent to \+\*{7}12 is required: give --mfa-code/],
  ])('%s is told, and nothing is remembered', async (_, answer, exitCode, message) => {
    poolGives(answer, answer, answer);

    const outcome = await login();

    expect(outcome).toMatchObject({ exitCode, stdout: '', stderr: expect.stringMatching(message) });
    expect(await readdir(sandbox.home)).toEqual([]);
  });

  test('missing values without a terminal are named', async () => {
    poolGives();

    expect(await sandbox.run('login', '--api', stub.url)).toMatchObject({
      exitCode: 2,
      stderr: expect.stringContaining('--username'),
    });
    expect(await sandbox.run('login', '--api', stub.url, '-u', 'admin')).toMatchObject({
      exitCode: 2,
      stderr: expect.stringContaining('MAINTENANCE_PASSWORD'),
    });
  });

  test.each([
    ['no maintenance API', json(404, { message: 'no' }), 1, /no/],
    ['an answer without an issuer', json(200, { client_id: 'x' }), 1, /no issuer/],
    [
      'an issuer over plain http',
      json(200, { issuer: 'http://evil.test/p', client_id: 'x' }),
      1,
      /not an https/,
    ],
    ['an issuer that is no address', json(200, { issuer: 'pool', client_id: 'x' }), 1, /not an https/],
  ])('%s behind the address is told before a password is sent', async (_, answer, exitCode, message) => {
    stub.answer = answer;

    const outcome = await login();

    expect(outcome).toMatchObject({ exitCode, stderr: expect.stringMatching(message) });
    expect(poolCalls(stub.requests)).toEqual([]);
  });

  test('a user pool that does not answer is told as unreachable', async () => {
    const gone = await StubServer.start();
    await gone.stop();
    stub.answer = json(200, { issuer: `${gone.url}/pool`, client_id: 'x' });

    expect(await login()).toMatchObject({
      exitCode: 4,
      stderr: expect.stringContaining(`No answer from the user pool at ${gone.url}: `),
    });
  });
});

describe('a token that expires', () => {
  test('is refreshed when it has less than a minute left, and the new one is remembered', async () => {
    poolGives(tokensFor('alice', 59), tokensFor('alice-again', 900, undefined));
    await login();

    await sandbox.run('status');
    await sandbox.run('status');

    const fresh = tokensFor('alice-again').AuthenticationResult.AccessToken;
    expect(shownToken()).toBe(`Bearer ${fresh}`);
    expect(poolCalls(stub.requests).slice(1)).toEqual([
      {
        action: 'InitiateAuth',
        input: {
          AuthFlow: 'REFRESH_TOKEN_AUTH',
          ClientId: 'client-1',
          AuthParameters: { REFRESH_TOKEN: 'refresh' },
        },
      },
    ]);
  });

  test('is used as it is while it has a minute left', async () => {
    poolGives(tokensFor('alice', 90));
    await login();

    expect(await sandbox.run('history', '--json')).toMatchObject({
      stderr: expect.stringContaining('malformed_answer'),
    });

    expect(poolCalls(stub.requests)).toHaveLength(1);
  });

  test('and cannot be refreshed leaves commands that need it without, and says how to sign in', async () => {
    const no = refusal('NotAuthorizedException', 'Refresh Token has expired');
    poolGives(tokensFor('alice', 10), no, no);
    await login();

    expect(await sandbox.run('deescalate')).toMatchObject({
      exitCode: 3,
      stderr: `Error: Your sign-in has expired at ${stub.url}.\nSign in: \`maintenance login --api ${stub.url}\`.\n`,
    });
    expect(await sandbox.run('status')).toMatchObject({ exitCode: 0 });
    expect(shownToken()).toBeUndefined();
  });
});

describe('a token that may not be refreshed because of maintenance', () => {
  test('is no sign-in that has expired: the reason is told, and the sign-in remembered', async () => {
    const no = refusal(
      'UserLambdaValidationException',
      'PreTokenGeneration failed with error Maintenance is in progress: Upgrade. Members cannot sign in until it is over.',
    );
    poolGives(tokensFor('bob', 10), no, no, tokensFor('bob-again', 900));
    await login();

    expect(await sandbox.run('deescalate')).toMatchObject({
      exitCode: 1,
      stderr:
        'Error: Sign-in refused: Maintenance is in progress: Upgrade. Members cannot sign in until it is over.\n',
    });
    expect(await sandbox.run('status')).toMatchObject({ exitCode: 0 });
    expect(shownToken()).toBeUndefined();
    await sandbox.run('status');
    expect(shownToken()).toMatch(/^Bearer /);
  });
});

describe('logout', () => {
  test('forgets the sign-in and revokes its refresh token', async () => {
    poolGives(tokensFor('alice'), {});
    await login();

    const { exitCode, stdout } = await sandbox.run('logout');

    expect([exitCode, stdout]).toEqual([0, expect.stringContaining(`Signed out of ${stub.url}.`)]);
    expect(poolCalls(stub.requests).at(-1)).toEqual({
      action: 'RevokeToken',
      input: { ClientId: 'client-1', Token: 'refresh' },
    });
    expect(await sandbox.run('history')).toMatchObject({ exitCode: 3 });
    expect(await sandbox.run('logout')).toMatchObject({
      exitCode: 0,
      stdout: expect.stringContaining('not signed in'),
    });
  });

  test('forgets it also when it cannot be revoked, and says so', async () => {
    poolGives(tokensFor('alice'), refusal('UnsupportedOperationException', 'not enabled'));
    await login();

    const { exitCode, stderr } = await sandbox.run('logout');

    expect([exitCode, stderr]).toEqual([0, expect.stringContaining('could not be revoked')]);
    expect(await sandbox.run('history')).toMatchObject({ exitCode: 3 });
  });

  test('with --json says what was done', async () => {
    poolGives(tokensFor('alice'), {});
    await login();

    const { stdout } = await sandbox.run('logout', '--json');

    expect(JSON.parse(stdout)).toEqual({ api: stub.url, signed_out: true, revoked: true });
  });
});

function refusal(error: string, message: string): PoolAnswer {
  return { error, message };
}
