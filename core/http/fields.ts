import * as z from 'zod';

/**
 * What bodies, queries and answers are made of. Bodies and queries are checked by their schemas, and answers have their
 * types from theirs. All are strict: a field they don't name is refused, and none is answered that isn't described. They
 * hold no transformations, so that each can be shown as JSON Schema as it is.
 */

/** The type of an answer: what its schema says, not to be written to. */
export type Answer<S extends z.ZodType> = Immutable<z.output<S>>;

type Immutable<T> = T extends object ? { readonly [K in keyof T]: Immutable<T[K]> } : T;

/** RFC 3339, in UTC. */
export const instant = z.iso.datetime();
export const count = z.int().min(0);
/** Names of operation types. */
export const operations = z.array(z.string());

/** The answer of a list: a page of it, and how it goes on. */
export function pageAnswer<I extends z.ZodType>(item: I, last = 'Null on the last page.') {
  return z.strictObject({
    items: z.array(item),
    next_cursor: z.string().nullable().meta({ description: last }),
  });
}

/** What asks for a page of a list: how many items, and where the page before ended. */
export function pageQuery(limit: string) {
  return {
    limit: z
      .string('must be given once')
      .regex(/^(?:[1-9][0-9]?|100)$/, 'must be a whole number from 1 to 100')
      .default(limit),
    cursor: z.string('must be given once').optional(),
  };
}

/** Says that a value is missing where it is, else what it should have been. */
export function need(what: string): { readonly error: (issue: { readonly input?: unknown }) => string } {
  return { error: ({ input }) => (input === undefined ? 'is required' : `must be ${what}`) };
}

export const flag = z.boolean('must be true or false');

export function wholeSeconds(shortest: number, longest: number) {
  return wholeNumber('seconds', shortest, longest);
}

/** Only who sent no number at all is told of JSON: people who fill in a form or type an option never see it. */
export function wholeNumber(unit: string, least: number, most: number) {
  const message = `must be a whole number of ${unit} from ${least} to ${most}`;
  const error = ({ input }: { readonly input?: unknown }) =>
    typeof input === 'number' ? message : `${message}, as a JSON number`;
  return z.int({ error }).min(least, message).max(most, message);
}

/** Something that can be seen: no space, no control or format character, nothing that renderers leave out. */
const VISIBLE =
  /[^\p{White_Space}\p{Cc}\p{Cf}\p{Cs}\p{Noncharacter_Code_Point}\p{Default_Ignorable_Code_Point}\u2800]/u;

/** Which control characters a text may hold, and how that is said. */
const FORBIDDEN = {
  all: { pattern: /\p{Cc}/u, message: 'must not hold control characters' },
  'all but newline and tab': {
    pattern: /[^\P{Cc}\n\t]/u,
    message: 'must not hold control characters other than newline and tab',
  },
  none: null,
} as const;

/**
 * A text that people write. Zod counts UTF-16 units, so lengths are checked by hand.
 *
 * @param longest code points
 * @param what what it should have been, in the refusal of something else
 */
export function text(
  longest: number,
  {
    forbidden = 'all but newline and tab',
    mayBeBlank = false,
    what = 'a text',
  }: { forbidden?: keyof typeof FORBIDDEN; mayBeBlank?: boolean; what?: string } = {},
) {
  const control = FORBIDDEN[forbidden];
  return z
    .string(need(what))
    .refine((value) => value !== '', 'must not be empty')
    .refine(
      (value) => mayBeBlank || value === '' || VISIBLE.test(value),
      'must have a character that can be seen',
    )
    .refine((value) => [...value].length <= longest, `must have at most ${longest} characters`)
    .refine((value) => !control?.pattern.test(value), control?.message)
    .refine((value) => value.isWellFormed(), 'must be valid Unicode: it holds half a surrogate pair')
    .meta({ minLength: 1, maxLength: longest });
}
