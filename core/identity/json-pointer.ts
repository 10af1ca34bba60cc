const POINTER = /^(?:\/(?:[^~/]|~[01])*)*$/u;
const ARRAY_INDEX = /^(?:0|[1-9]\d*)$/;

/**
 * Whether a text is a JSON pointer.
 * Source: https://www.rfc-editor.org/rfc/rfc6901
 *
 * @example isJsonPointer('/user/role') // true
 */
export function isJsonPointer(text: string): boolean {
  return POINTER.test(text);
}

/** The names that a pointer goes through, from the outermost in. */
export function pointerSegments(pointer: string): readonly string[] {
  const [, ...segments] = pointer.split('/');
  return segments.map((segment) => segment.replaceAll('~1', '/').replaceAll('~0', '~'));
}

/**
 * What stands at the end of a pointer's segments in parsed JSON; undefined where there is nothing. Only what the
 * document itself holds is found: `constructor` and `__proto__` are names like any other.
 */
export function valueAt(document: unknown, segments: readonly string[]): unknown {
  let value = document;
  for (const segment of segments) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, segment)) return undefined;
    if (Array.isArray(value) && !ARRAY_INDEX.test(segment)) return undefined;
    value = (value as Record<string, unknown>)[segment];
  }
  return value;
}
