import type { AwsAnswer, AwsCall } from './aws-call.ts';

/** A value in an answer of the query protocol. Dates become RFC 3339; what is undefined is left out. */
export type XmlValue =
  | string
  | number
  | boolean
  | Date
  | undefined
  | readonly XmlValue[]
  | { readonly [name: string]: XmlValue };

/** The parameters of a call in AWS's query protocol. */
export const queryInput = (call: AwsCall): URLSearchParams => new URLSearchParams(call.body.toString('utf8'));

/**
 * An answer in AWS's query protocol.
 *
 * @param items name of the elements of a list, by the list's name; `member` for every other list
 * @example queryAnswer('DescribeStacks', namespace, { Stacks: [{ StackName: 'A' }] })
 */
export function queryAnswer(
  operation: string,
  namespace: string,
  result: Readonly<Record<string, XmlValue>>,
  items: Readonly<Record<string, string>> = {},
): AwsAnswer {
  const content = element(`${operation}Result`, result, items);
  return {
    headers: { 'Content-Type': 'text/xml' },
    body: `<${operation}Response xmlns="${namespace}">${content}</${operation}Response>`,
  };
}

function element(name: string, value: XmlValue, items: Readonly<Record<string, string>>): string {
  if (value === undefined) return '';
  return `<${name}>${content(name, value, items)}</${name}>`;
}

function content(name: string, value: XmlValue, items: Readonly<Record<string, string>>): string {
  if (value instanceof Date) return value.toISOString();
  if (Array.isArray(value)) {
    return value.map((item: XmlValue) => element(items[name] ?? 'member', item, items)).join('');
  }
  if (typeof value === 'object') {
    return Object.entries(value)
      .map(([key, inner]) => element(key, inner, items))
      .join('');
  }
  return escaped(String(value));
}

/** Text between tags. What no XML can hold, such as a control character, becomes a question mark. */
export function escaped(text: string): string {
  return (
    text
      // biome-ignore lint/suspicious/noControlCharactersInRegex: these are the characters that XML 1.0 forbids
      .replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g, '?')
      .replace(/[<>&\r]/g, (character) => `&#${character.charCodeAt(0)};`)
  );
}
