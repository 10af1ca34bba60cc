/** Thrown for bytes that are no command, or a larger one than anybody may send who has not signed in. */
export class ProtocolError extends Error {
  override readonly name = 'ProtocolError';
}

/** Most arguments, and longest argument in bytes, before signing in. Source: networking.c of Redis. */
const MAX_ARGUMENTS = 10;
const MAX_ARGUMENT_BYTES = 16_384;
/** Longest line that says how many arguments or bytes follow. */
const MAX_LINE_BYTES = 32;

/**
 * Reads the command at the beginning of what a client has sent; undefined while its end is missing.
 * Source: "Redis serialization protocol specification".
 *
 * @throws ProtocolError
 */
export function readCommand(bytes: Buffer): { args: string[]; length: number } | undefined {
  const count = readNumber(bytes, 0, '*', MAX_ARGUMENTS);
  if (!count) return undefined;
  const args: string[] = [];
  let position = count.end;
  while (args.length < count.value) {
    const size = readNumber(bytes, position, '$', MAX_ARGUMENT_BYTES);
    if (!size || bytes.length < size.end + size.value + 2) return undefined;
    args.push(bytes.toString('utf8', size.end, size.end + size.value));
    position = size.end + size.value + 2;
  }
  return { args, length: position };
}

/** A command as it is sent. */
export function writeCommand(args: readonly string[]): string {
  return `*${args.length}\r\n${args.map((arg) => `$${Buffer.byteLength(arg)}\r\n${arg}\r\n`).join('')}`;
}

function readNumber(
  bytes: Buffer,
  start: number,
  kind: '*' | '$',
  limit: number,
): { value: number; end: number } | undefined {
  const lineEnd = bytes.indexOf('\r\n', start);
  const line = bytes.toString('latin1', start, lineEnd < 0 ? bytes.length : lineEnd);
  if (line.length > MAX_LINE_BYTES || (line !== '' && line[0] !== kind)) {
    throw new ProtocolError(`expected '${kind}'`);
  }
  if (lineEnd < 0) return undefined;
  const value = Number(line.slice(1));
  if (!/^.\d+$/.test(line) || value > limit) throw new ProtocolError('invalid length before signing in');
  return { value, end: lineEnd + 2 };
}
