import type { SignIn } from '../api/types.ts';
import type { SignInMethod } from './sign-in-method.ts';

/**
 * How to sign in at the issuer that the API names: at its own page where it has one (OpenID Connect Discovery,
 * `authorization_endpoint`), else by a form. Each way is loaded only where it is used.
 */
export async function findMethod(signIn: SignIn): Promise<SignInMethod> {
  const response = await fetch(signIn.openid_configuration, { credentials: 'omit' });
  const { authorization_endpoint: page } = (await response.json()) as { authorization_endpoint?: string };
  if (page === undefined) return (await import('./password-sign-in.ts')).passwordSignIn(signIn);
  return (await import('./browser-sign-in.ts')).browserSignIn(signIn);
}
