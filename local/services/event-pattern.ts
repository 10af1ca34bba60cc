/** An event pattern: each key names a field, each leaf is a list of values or rules of which one must match. */
export type EventPattern = Readonly<Record<string, unknown>>;

type Rule = (value: unknown) => boolean;

/** How each rule of a pattern decides about a value; `undefined` stands for an absent field. */
const RULES: Readonly<Record<string, (argument: unknown) => Rule>> = {
  prefix: (argument) => onText(argument, (value, text) => value.startsWith(text)),
  suffix: (argument) => onText(argument, (value, text) => value.endsWith(text)),
  'equals-ignore-case': (argument) =>
    onText(argument, (value, text) => value.toLowerCase() === text.toLowerCase()),
  wildcard: (argument) => onText(argument, matchesWildcard),
  exists: (argument) => (value) => (value !== undefined) === argument,
  numeric: (argument) => numeric(argument),
  'anything-but': (argument) => anythingBut(argument),
};

/**
 * Whether an event matches a pattern of EventBridge, as rules and event source mappings have it.
 * Source: "Comparison operators for use in event patterns" of the EventBridge user guide.
 *
 * @example matchesPattern({ source: [{ prefix: 'aws.' }] }, { source: 'aws.ec2' }) // true
 */
export function matchesPattern(pattern: EventPattern, event: unknown): boolean {
  return compile(pattern)(event);
}

/** Throws for a pattern that holds a rule the local cloud does not know, naming it. */
export function checkPattern(pattern: EventPattern): void {
  compile(pattern);
}

/** The patterns of an event source mapping's `FilterCriteria`; checked. */
export function filterPatterns(criteria: unknown): EventPattern[] {
  const { Filters = [] } = (criteria ?? {}) as { Filters?: { Pattern: string }[] };
  const patterns = Filters.map(({ Pattern }) => JSON.parse(Pattern) as EventPattern);
  for (const pattern of patterns) checkPattern(pattern);
  return patterns;
}

function compile(pattern: EventPattern): (event: unknown) => boolean {
  const parts = Object.entries(pattern).map(([name, expected]) => {
    if (name === '$or') {
      const alternatives = asList(expected, '$or').map((alternative) => compile(alternative as EventPattern));
      return (event: unknown) => alternatives.some((matches) => matches(event));
    }
    const matches = Array.isArray(expected) ? leaf(expected) : compile(asPattern(name, expected));
    return (event: unknown) => matches(field(event, name));
  });
  return (event) => parts.every((matches) => matches(event));
}

/** A list in the event matches when one of its values does. */
function leaf(expected: readonly unknown[]): (value: unknown) => boolean {
  const rules = expected.map(rule);
  return (value) => {
    const values: readonly unknown[] = Array.isArray(value) && value.length > 0 ? value : [value];
    return values.some((single) => rules.some((matches) => matches(single)));
  };
}

function rule(expected: unknown): Rule {
  if (typeof expected !== 'object' || expected === null) return (value) => value === expected;
  const entries = Object.entries(expected);
  const [[name, argument] = ['', undefined]] = entries;
  const make = RULES[name];
  if (!make || entries.length !== 1) {
    throw new Error(`The local cloud does not know the pattern ${JSON.stringify(expected)}.`);
  }
  return make(argument);
}

/** `*` is any run of characters; everything else is itself. */
function matchesWildcard(value: string, pattern: string): boolean {
  const [first = '', ...rest] = pattern.split('*');
  const last = rest.pop();
  if (last === undefined) return value === pattern;
  if (!value.startsWith(first) || !value.endsWith(last)) return false;
  let position = first.length;
  for (const part of rest) {
    const found = value.indexOf(part, position);
    if (found < 0) return false;
    position = found + part.length;
  }
  return position <= value.length - last.length;
}

function onText(argument: unknown, test: (value: string, text: string) => boolean): Rule {
  if (typeof argument !== 'string')
    throw new Error(`The local cloud does not know the pattern ${JSON.stringify(argument)}.`);
  return (value) => typeof value === 'string' && test(value, argument);
}

/** An absent field is not "anything but". */
function anythingBut(argument: unknown): Rule {
  const refused =
    typeof argument === 'object' && argument !== null && !Array.isArray(argument)
      ? [rule(argument)]
      : [argument].flat().map(rule);
  return (value) => value !== undefined && !refused.some((matches) => matches(value));
}

const COMPARISONS: Readonly<Record<string, (value: number, bound: number) => boolean>> = {
  '=': (value, bound) => value === bound,
  '<': (value, bound) => value < bound,
  '<=': (value, bound) => value <= bound,
  '>': (value, bound) => value > bound,
  '>=': (value, bound) => value >= bound,
};

function numeric(argument: unknown): Rule {
  const list = asList(argument, 'numeric');
  const bounds = Array.from({ length: list.length / 2 }, (_, index) => {
    const compare = COMPARISONS[String(list[2 * index])];
    const bound = list[2 * index + 1];
    if (!compare || typeof bound !== 'number')
      throw new Error(`The local cloud does not know the comparison ${JSON.stringify(list)}.`);
    return (value: number) => compare(value, bound);
  });
  return (value) => typeof value === 'number' && bounds.every((within) => within(value));
}

function field(event: unknown, name: string): unknown {
  return typeof event === 'object' && event !== null && Object.hasOwn(event, name)
    ? (event as Record<string, unknown>)[name]
    : undefined;
}

function asList(value: unknown, name: string): readonly unknown[] {
  if (!Array.isArray(value)) throw new Error(`The pattern's ${name} must be a list.`);
  return value;
}

function asPattern(name: string, value: unknown): EventPattern {
  if (typeof value !== 'object' || value === null)
    throw new Error(`The pattern's ${name} must be a list or an object.`);
  return value as EventPattern;
}
