import { Token } from 'aws-cdk-lib';
import { z } from 'zod';

/** What a value is called wrong for; another message where it is missing. */
export const missingOr =
  (otherwise: string, missing = 'is missing') =>
  ({ input }: { input?: unknown }) =>
    input === undefined ? missing : otherwise;

/** Text, or a CDK token whose text is known at deployment only and can't be checked here. */
export const text = (problem: (value: string) => string | null) =>
  z.string({ error: missingOr('must be text') }).superRefine((value, context) => {
    const message = Token.isUnresolved(value) ? null : problem(value);
    if (message !== null) context.addIssue({ code: 'custom', message });
  });

export const matching = (pattern: RegExp, message: string) =>
  text((value) => (pattern.test(value) ? null : message));

export const integer = (least: number, most: number) => {
  const message = `must be a whole number from ${least} to ${most}`;
  return z.int(message).min(least, message).max(most, message);
};

export const flag = z.boolean('must be true or false');

export const oneOf = <const T extends readonly [string, ...string[]]>(...values: T) =>
  z.enum(values, `must be ${values.map((value) => `"${value}"`).join(' or ')}`);

/** Which version of a secret to read: another one is what makes CloudFormation read it again. */
export const secretVersion = matching(/^[\w-]{32,64}$/, 'must be the VersionId of a secret');
