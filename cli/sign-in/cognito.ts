import {
  type AuthenticationResultType,
  CognitoIdentityProviderClient,
  type CognitoIdentityProviderServiceException,
  InitiateAuthCommand,
  type InitiateAuthCommandOutput,
  RespondToAuthChallengeCommand,
  type RespondToAuthChallengeCommandOutput,
  RevokeTokenCommand,
} from '@aws-sdk/client-cognito-identity-provider';
import { CliError } from '../cli-error.ts';
import { EXIT } from '../exit-code.ts';
import { isConfidential } from '../transport/api-url.ts';
import { whyUnreachable } from '../transport/http-transport.ts';

/** The user pool that an API trusts, as its `GET /signin` names it. */
export interface Pool {
  readonly issuer: string;
  readonly clientId: string;
}

export interface Tokens {
  readonly accessToken: string;
  /** Null when a refresh kept the one there was. */
  readonly refreshToken: string | null;
  /** Ms since the epoch. */
  readonly expiresAt: number;
}

/** What the pool may ask for besides the password. */
interface ChallengeAnswers {
  newPassword(): Promise<string>;
  mfaCode(sentTo: string | null): Promise<string>;
}

/** The pool asks for a new password, then perhaps for a code; more in a row means that something is wrong. */
const MAX_CHALLENGES = 4;
const REGION_IN_HOST = /^cognito-idp\.([a-z0-9-]+)\.amazonaws\.com/;

/**
 * Signs in to a Cognito user pool by password, without AWS credentials.
 * Source: https://docs.aws.amazon.com/cognito/latest/developerguide/amazon-cognito-user-pools-authentication-flow-methods.html
 */
export class Cognito {
  readonly #pool: Pool;
  readonly #client: CognitoIdentityProviderClient;
  readonly #timeout: number;
  readonly #now: () => number;

  /** @param timeout longest wait for one answer, ms */
  constructor(pool: Pool, timeout: number, now: () => number) {
    const issuer = URL.parse(pool.issuer);
    if (issuer === null || !isConfidential(issuer)) {
      throw new CliError({
        exitCode: EXIT.failed,
        code: 'bad_issuer',
        message: `The API names "${pool.issuer}" as the place to sign in, which is not an https address.`,
      });
    }
    this.#pool = pool;
    this.#timeout = timeout;
    this.#now = now;
    this.#client = new CognitoIdentityProviderClient({
      endpoint: issuer.origin,
      region: REGION_IN_HOST.exec(issuer.hostname)?.[1] ?? 'us-east-1',
    });
  }

  async signIn(username: string, password: string, answers: ChallengeAnswers): Promise<Tokens> {
    let step: InitiateAuthCommandOutput | RespondToAuthChallengeCommandOutput = await this.#send((signal) =>
      this.#client.send(
        new InitiateAuthCommand({
          AuthFlow: 'USER_PASSWORD_AUTH',
          ClientId: this.#pool.clientId,
          AuthParameters: { USERNAME: username, PASSWORD: password },
        }),
        { abortSignal: signal },
      ),
    );
    for (let challenges = 0; challenges < MAX_CHALLENGES; challenges += 1) {
      if (step.AuthenticationResult) return this.#tokens(step.AuthenticationResult);
      const { ChallengeName, Session, ChallengeParameters = {} } = step;
      const response = await answerChallenge(ChallengeName, ChallengeParameters, answers);
      const command = new RespondToAuthChallengeCommand({
        ClientId: this.#pool.clientId,
        ChallengeName,
        Session,
        ChallengeResponses: { USERNAME: ChallengeParameters.USER_ID_FOR_SRP ?? username, ...response },
      });
      step = await this.#send((signal) => this.#client.send(command, { abortSignal: signal }));
    }
    throw refused('too_many_challenges', 'The user pool asks for one thing after another; giving up.');
  }

  /** New tokens for a refresh token; null when it is not good any more. Throws CliError when they are refused. */
  async refresh(refreshToken: string): Promise<Tokens | null> {
    try {
      const { AuthenticationResult } = await this.#send((signal) =>
        this.#client.send(
          new InitiateAuthCommand({
            AuthFlow: 'REFRESH_TOKEN_AUTH',
            ClientId: this.#pool.clientId,
            AuthParameters: { REFRESH_TOKEN: refreshToken },
          }),
          { abortSignal: signal },
        ),
      );
      return this.#tokens(AuthenticationResult);
    } catch (error) {
      if (error instanceof CliError && error.complaint.exitCode === EXIT.notSignedIn) return null;
      throw error;
    }
  }

  /** Makes a refresh token worthless; access tokens live on until they expire. */
  async revoke(refreshToken: string): Promise<void> {
    const command = new RevokeTokenCommand({ ClientId: this.#pool.clientId, Token: refreshToken });
    await this.#send((signal) => this.#client.send(command, { abortSignal: signal }));
  }

  #tokens(result: AuthenticationResultType | undefined): Tokens {
    if (result?.AccessToken === undefined || result.ExpiresIn === undefined) {
      throw refused('malformed_answer', 'The user pool answered without an access token.');
    }
    return {
      accessToken: result.AccessToken,
      refreshToken: result.RefreshToken ?? null,
      expiresAt: this.#now() + result.ExpiresIn * 1000,
    };
  }

  async #send<T>(call: (signal: AbortSignal) => Promise<T>): Promise<T> {
    try {
      return await call(AbortSignal.timeout(this.#timeout));
    } catch (error) {
      throw this.#explain(error);
    }
  }

  #explain(error: unknown): CliError {
    const { name, message, $metadata } = error as CognitoIdentityProviderServiceException;
    const exitCode = EXIT.notSignedIn;
    switch (name) {
      case 'NotAuthorizedException':
      case 'UserNotFoundException':
      case 'CodeMismatchException':
      case 'ExpiredCodeException':
      case 'InvalidPasswordException':
        return new CliError({ exitCode, code: 'sign_in_refused', message: readable(message) });
      // Who signs in is known, and is not let in: by the guard of a maintenance, or by another trigger of the pool's.
      case 'UserLambdaValidationException':
        return new CliError({
          exitCode: EXIT.failed,
          code: 'sign_in_refused',
          message: `Sign-in refused: ${readable(message)}`,
        });
      case 'PasswordResetRequiredException':
        return new CliError({
          exitCode,
          code: 'password_reset_required',
          message: 'The password must be reset before you can sign in.',
        });
    }
    if ($metadata?.httpStatusCode !== undefined && $metadata.httpStatusCode < 500) {
      return refused('sign_in_failed', `The user pool refused the sign-in: ${readable(message)} (${name})`);
    }
    return new CliError(
      {
        exitCode: EXIT.unreachable,
        code: 'issuer_unreachable',
        message: `No answer from the user pool at ${new URL(this.#pool.issuer).origin}: ${whyUnreachable(error, this.#timeout)}.`,
        remedy: 'Check the network. With AWS credentials for the state table, --direct needs no sign-in.',
      },
      { cause: error },
    );
  }
}

async function answerChallenge(
  name: string | undefined,
  parameters: Readonly<Record<string, string>>,
  answers: ChallengeAnswers,
): Promise<Record<string, string>> {
  switch (name) {
    case 'NEW_PASSWORD_REQUIRED':
      return { NEW_PASSWORD: await answers.newPassword() };
    case 'SOFTWARE_TOKEN_MFA':
      return { SOFTWARE_TOKEN_MFA_CODE: await answers.mfaCode(null) };
    case 'SMS_MFA':
      return { SMS_MFA_CODE: await answers.mfaCode(parameters.CODE_DELIVERY_DESTINATION ?? null) };
  }
  throw refused(
    'challenge_unsupported',
    `The user pool asks for ${name ?? 'something without a name'}, which this command can't answer.`,
  );
}

/** Cognito puts a prefix before what a trigger said, and a full stop after it. */
function readable(message: string): string {
  const said = message
    .replace(/^PreTokenGeneration failed with error /, '')
    .trim()
    .replace(/\.+$/, '');
  if (said === '') return 'The sign-in was refused.';
  return /[!?]$/.test(said) ? said : `${said}.`;
}

function refused(code: string, message: string): CliError {
  return new CliError({ exitCode: EXIT.notSignedIn, code, message });
}
