/**
 * Whether a log line matches the filter pattern of a subscription: nothing (every line), terms that must all occur,
 * or a comparison of JSON fields joined by && or ||.
 * Source: "Filter pattern syntax for metric filters, subscription filters" of the CloudWatch Logs user guide.
 *
 * @example compileFilter('{ $.event = "blocked" && $.status = 503 }')('{"event":"blocked","status":503}') // true
 */
export function compileFilter(pattern: string): (line: string) => boolean {
  const text = pattern.trim();
  if (text === '') return () => true;
  if (text.startsWith('{') && text.endsWith('}')) return jsonFilter(text.slice(1, -1), pattern);
  if (/^[[%]/.test(text)) throw unknown(pattern);
  const terms = [...text.matchAll(/(-?)(?:"([^"]*)"|(\S+))/g)].map(([, minus, quoted, plain = '']) => ({
    wanted: minus !== '-',
    term: quoted ?? plain,
  }));
  if (terms.some(({ term }) => term.startsWith('?'))) throw unknown(pattern);
  return (line) => terms.every(({ wanted, term }) => line.includes(term) === wanted);
}

type Test = (document: unknown) => boolean;

function jsonFilter(expression: string, pattern: string): (line: string) => boolean {
  const alternatives = split(expression, '||').map((alternative) =>
    split(alternative, '&&').map((comparison) => comparisonTest(comparison.trim(), pattern)),
  );
  return (line) => {
    let document: unknown;
    try {
      document = JSON.parse(line);
    } catch {
      return false;
    }
    return alternatives.some((tests) => tests.every((test) => test(document)));
  };
}

function comparisonTest(comparison: string, pattern: string): Test {
  const unary = /^\$\.([\w.-]+)\s+(IS\s+NULL|IS\s+TRUE|IS\s+FALSE|NOT\s+EXISTS)$/.exec(comparison);
  if (unary) {
    const [, path = '', test = ''] = unary;
    const expected = { NULL: null, TRUE: true, FALSE: false, EXISTS: undefined }[test.split(/\s+/)[1] ?? ''];
    return (document) => at(document, path) === expected;
  }
  const binary = /^\$\.([\w.-]+)\s*(=|!=|<=|>=|<|>)\s*(?:"([^"]*)"|(-?\d+(?:\.\d+)?)|([\w*./-]+))$/.exec(
    comparison,
  );
  if (!binary) throw unknown(pattern);
  const [, path = '', operator = '', quoted, number, word] = binary;
  const test =
    number === undefined ? textTest(operator, quoted ?? word ?? '') : numberTest(operator, Number(number));
  if (!test) throw unknown(pattern);
  return (document) => test(at(document, path));
}

/** `*` in a text stands for any run of characters. */
function textTest(operator: string, text: string): Test | undefined {
  const expression = new RegExp(
    `^${text
      .split('*')
      .map((part) => part.replace(/[.+?^${}()|[\]\\]/g, '\\$&'))
      .join('.*')}$`,
    's',
  );
  const equals: Test = (value) =>
    (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean') &&
    expression.test(String(value));
  if (operator === '=') return equals;
  return operator === '!=' ? (value) => value !== undefined && !equals(value) : undefined;
}

function numberTest(operator: string, bound: number): Test | undefined {
  const tests: Readonly<Record<string, (value: number) => boolean>> = {
    '=': (value) => value === bound,
    '!=': (value) => value !== bound,
    '<': (value) => value < bound,
    '<=': (value) => value <= bound,
    '>': (value) => value > bound,
    '>=': (value) => value >= bound,
  };
  const test = tests[operator];
  return test && ((value) => typeof value === 'number' && test(value));
}

function at(document: unknown, path: string): unknown {
  return path
    .split('.')
    .reduce<unknown>(
      (value, name) =>
        typeof value === 'object' && value !== null && Object.hasOwn(value, name)
          ? (value as Record<string, unknown>)[name]
          : undefined,
      document,
    );
}

/** Splits outside of quotes. */
function split(text: string, separator: '&&' | '||'): string[] {
  const parts = [''];
  let quoted = false;
  for (let index = 0; index < text.length; index++) {
    const character = text[index] ?? '';
    if (character === '"') quoted = !quoted;
    if (!quoted && text.startsWith(separator, index)) {
      parts.push('');
      index++;
    } else {
      parts[parts.length - 1] += character;
    }
  }
  return parts;
}

const unknown = (pattern: string): Error =>
  new Error(`The local cloud does not know the filter pattern ${pattern}.`);
