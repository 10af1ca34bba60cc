/**
 * The routes by which people sign in and out, as the common frameworks name them. They pass in every mode: who
 * can't sign in can't end a maintenance either. A template can't say "below whatever prefix", so these are patterns
 * of a canonical path. Registering, passwords that are reset or changed, addresses that are confirmed, and second
 * factors that are set up write data, and are none of these.
 */

const PROVIDER =
  '(?:google|git(?:hub|lab)|facebook|twitter|apple|microsoft|azure|aad|entra|okta|auth0|keycloak|linkedin|discord|slack|cognito|oauth|oidc|openid|saml|sso|ldap|cas)(?:[-_]?(?:oauth|openid|connect|saml|sso|ad|b2c|main|one-?tap|\\d)){0,2}';

const SECOND_FACTOR = '(?:t?otp|mfa|2fa|two[-_]?factor)';

/** What a second step does, other than set itself up. */
const VERIFY = '(?:authenticate|challenge|check|login|send|validate|verify)';

/** What stands below a word for signing in. */
const STEP = `(?:start|finish|begin|complete|options|check|submit|confirm|verify|challenge|callback|browser|index|code|sms|email|phone|username|password|credentials|local|social|magic-?link|passkey|token|refresh|${SECOND_FACTOR}|${PROVIDER})`;

/** What joins a word for signing in, before and after it. */
const WHOSE =
  '(?:(?:admin|ajax|api|customer|do|external|member|perform|process|social|staff|token|user|web|wp|jwt|ldap|sso)[-_]?)?';
const HOW = `(?:[-_]?(?:all|callback|check|post|submit|with|${SECOND_FACTOR})|[-_]${PROVIDER}){0,3}`;

const SIGN_IN = `${WHOSE}(?:log[-_]?(?:in|on)|sign[-_]?in)${HOW}(?:/${STEP}){0,3}`;
const SIGN_OUT = `${WHOSE}(?:log[-_]?(?:out|off)|sign[-_]?out)${HOW}(?:/(?:all|browser|callback|complete|confirm))?`;

const TOKEN = '(?:token|jwt)(?:/(?:create|login|logout|obtain|refresh|revoke|validate|verify))?';

/** What follows a word for a protocol of signing in. */
const PROTOCOL =
  '(?:\\w+-)?auth|authentication|oauth2?|oidc|openid(?:-connect)?|sso|saml2?|connect|jwt|sanctum|webauthn|passkeys?|login-actions';
const PROTOCOL_STEP = `${TOKEN}|(?:get-)?session|(?:access|id|refresh|renew)[-_]?token|refresh|revoke|revocation|introspect(?:ion)?|auth|authori[sz](?:e|ation)|authenticate(?:/${STEP})?|device[-_]?authorization|device/code|userinfo|certs|jwks|par|(?:check|end)[-_]?session|local|handler|start|create|verify-token|csrf(?:[-_]?(?:token|cookie))?|providers|acs|sl[os]|sso|post|consume|metadata|magic-?link|(?:[\\w-]+/)?(?:callback|redirect)|callback/[\\w-]+|(?:authorization/)?${PROVIDER}(?:/check)?|${SECOND_FACTOR}`;

const JOINED =
  '(?:api[-_])?(?:token|jwt)[-_](?:auth|refresh|verify)|(?:obtain[-_]|o)?auth2?[-_](?:callback|jwt|methods|refresh|token|(?:with[-_])?(?:oauth2|otp|password))|(?:refresh|renew)[-_]?token|j_(?:spring_)?security_check';

const SECOND_STEP = `${SECOND_FACTOR}[-_/]${VERIFY}(?:-(?:${SECOND_FACTOR}|backup-code))?`;

const END = '(?:\\.[a-z]{2,5})?$';

const ANYWHERE = new RegExp(
  `/(?:${SIGN_IN}|${SIGN_OUT}|(?:(?:${PROTOCOL})(?:/v?\\d\\d?)?/){1,2}(?:${PROTOCOL_STEP})|${JOINED}|${SECOND_STEP})${END}`,
);

/** Words that mean other things elsewhere: they sign in only where nothing else stands before them. */
const ALONE = new RegExp(
  `^/(?:callback|(?:(?:api|rest|v\\d\\d?|web|ghost|integration|collections/[\\w-]+)/|(?:admin|accounts?|customer|members?|users?|client)/(?!(?:token|${SECOND_FACTOR})$)|integration/(?:admin|customer)/)*(?:session(?:/(?:new|csrf|token|authenticate|destroy))?|${TOKEN}|csrf(?:[-_]?(?:token|cookie))?|auth|authenticat(?:e|ion)|authorize|sso|saml2?|(?:(?:request|send|verify)[-_])?${SECOND_FACTOR}))${END}`,
);

/** Before a word for signing in: at most five segments, none of them an id or a place where sign-in is set up. */
const PREFIX =
  /^(?:\/(?!\d+(?:\/|$)|(?:config\w*|logs?|regist\w+|reports?|settings|sign[-_]?up)(?:\/|$))[\w.~-]+){0,5}$/;

/** DELETE is the verb of signing out, no other. */
const DELETABLE = /(?:out|off|all|session|authentication)$/;

/** What is only read. */
const READABLE = /(?:providers|metadata)$/;

/** Spares most paths the rest. */
const WORD =
  /log|sign|auth|token|session|sso|saml|oidc|open|jwt|callback|csrf|otp|fa|connect|passkey|sanctum|security/;

/**
 * Whether a request signs somebody in or out, or is what a page for that needs.
 *
 * @example isSignInRoute('POST', '/users/sign_in') // true
 * @example isSignInRoute('PUT', '/users/login') // false: that writes the user of this name
 */
export function isSignInRoute(method: string, canonical: string): boolean {
  const canSignIn =
    (method === 'POST' && !READABLE.test(canonical)) ||
    method === 'GET' ||
    method === 'HEAD' ||
    (method === 'DELETE' && DELETABLE.test(canonical));
  if (!canSignIn || !WORD.test(canonical)) return false;
  const found = ANYWHERE.exec(canonical);
  if (found !== null && PREFIX.test(canonical.slice(0, found.index))) return true;
  return ALONE.test(canonical);
}
