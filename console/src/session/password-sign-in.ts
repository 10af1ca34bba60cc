import { Unreachable } from '../api/refusal.ts';
import type { SignIn } from '../api/types.ts';
import { type Challenge, type PasswordSignIn, SignInFailed, type Tokens } from './sign-in-method.ts';

interface PoolAnswer {
  readonly AuthenticationResult?: {
    readonly AccessToken: string;
    readonly RefreshToken?: string;
    readonly ExpiresIn: number;
  };
  readonly ChallengeName?: string;
  readonly ChallengeParameters?: Readonly<Record<string, string>>;
  readonly Session?: string;
}

/**
 * Signs in to a user pool by its own API, which needs no signature.
 * Source: Amazon Cognito, API reference of InitiateAuth and RespondToAuthChallenge.
 */
export function passwordSignIn({ issuer, client_id: clientId }: SignIn): PasswordSignIn {
  const { origin } = new URL(issuer);
  const ask = async (operation: string, input: object): Promise<PoolAnswer> => {
    let response: Response;
    try {
      response = await fetch(origin, {
        method: 'POST',
        headers: {
          'content-type': 'application/x-amz-json-1.1',
          'x-amz-target': `AWSCognitoIdentityProviderService.${operation}`,
        },
        body: JSON.stringify({ ClientId: clientId, ...input }),
        credentials: 'omit',
        cache: 'no-store',
      });
    } catch (cause) {
      throw new Unreachable('The user pool gave no answer.', { cause });
    }
    const answer = await response.json().catch(() => ({}));
    if (response.ok) return answer;
    throw new SignInFailed(
      readable(answer.message ?? answer.Message ?? `The user pool answered ${response.status}.`),
    );
  };

  const read = (answer: PoolAnswer, username: string, known: string | null): Tokens | Challenge => {
    const { AuthenticationResult: result, ChallengeName: name, Session: session } = answer;
    if (result) {
      return {
        accessToken: result.AccessToken,
        refreshToken: result.RefreshToken ?? known,
        expiresAt: Date.now() + result.ExpiresIn * 1000,
      };
    }
    if ((name === 'NEW_PASSWORD_REQUIRED' || name === 'SOFTWARE_TOKEN_MFA') && session !== undefined) {
      return { name, session, username: answer.ChallengeParameters?.USER_ID_FOR_SRP ?? username };
    }
    throw new SignInFailed(`The user pool asks for ${name ?? 'something'}, which this form cannot answer.`);
  };

  return {
    kind: 'password',
    signIn: async (username, password) => {
      const answer = await ask('InitiateAuth', {
        AuthFlow: 'USER_PASSWORD_AUTH',
        AuthParameters: { USERNAME: username, PASSWORD: password },
      });
      return read(answer, username, null);
    },
    answer: async ({ name, session, username }, response) => {
      const field = name === 'NEW_PASSWORD_REQUIRED' ? 'NEW_PASSWORD' : 'SOFTWARE_TOKEN_MFA_CODE';
      const answer = await ask('RespondToAuthChallenge', {
        ChallengeName: name,
        Session: session,
        ChallengeResponses: { USERNAME: username, [field]: response },
      });
      return read(answer, username, null);
    },
    refresh: async ({ refreshToken }) => {
      const answer = await ask('InitiateAuth', {
        AuthFlow: 'REFRESH_TOKEN_AUTH',
        AuthParameters: { REFRESH_TOKEN: refreshToken },
      });
      return read(answer, '', refreshToken) as Tokens;
    },
  };
}

/** Cognito puts the name of the trigger before what it said, and a full stop after it. */
function readable(message: string): string {
  return message.replace(/^\w+ failed with error /, '').replace(/\.\.$/, '.');
}
