import { Stack } from 'aws-cdk-lib';
import type { CfnFunction, Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';

/** Bytes of names and values together. Source: AWS Lambda, "Lambda quotas". */
const LIMIT = 4096;
/** What is taken for a value that is known at deployment only, bytes: ARNs and URLs of this stack are shorter. */
const UNKNOWN = 128;
/** Variables so long, bytes, are named when there is too much. */
const LONG = 256;

/** What to do about variables that Lambda would refuse; nothing where they fit. */
export function environmentProblems(user: LambdaFunction): string[] {
  const sizes = Object.entries(variablesOf(user)).map(([name, value]) => ({
    name,
    bytes: name.length + sizeOf(value),
  }));
  const bytes = sizes.reduce((sum, size) => sum + size.bytes, 0);
  if (bytes <= LIMIT) return [];
  const long = sizes
    .filter((size) => size.bytes > LONG)
    .toSorted((a, b) => b.bytes - a.bytes)
    .map(({ name }) => name);
  return [
    `The environment of ${user.node.path} takes about ${bytes} bytes, and Lambda allows ${LIMIT}. ` +
      `Shorten the options behind ${long.join(', ')}.`,
  ];
}

function variablesOf(user: LambdaFunction): Readonly<Record<string, unknown>> {
  const { environment } = user.node.defaultChild as CfnFunction;
  return Stack.of(user).resolve(environment)?.variables ?? {};
}

/** The size of a value in the template: its texts as they are, and so much for each reference. */
function sizeOf(value: unknown): number {
  if (typeof value === 'string') return Buffer.byteLength(value);
  const [, parts] = (value as { 'Fn::Join'?: [separator: string, parts: unknown] })['Fn::Join'] ?? [];
  return Array.isArray(parts) ? parts.reduce<number>((sum, part) => sum + sizeOf(part), 0) : UNKNOWN;
}
