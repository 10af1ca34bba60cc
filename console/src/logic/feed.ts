/** What is known of something that is looked at again and again. Instants are ms since the epoch, by this machine. */
export interface Feed<T> {
  /** The last that was seen; null before the first. */
  readonly value: T | null;
  readonly tag: string | null;
  /** When it was last known to be so. */
  readonly seenAt: number | null;
  /** Why the last look failed; null when it did not. */
  readonly failure: unknown;
  /** Since when looks fail. */
  readonly failingSince: number | null;
}

export const NOTHING_SEEN: Feed<never> = {
  value: null,
  tag: null,
  seenAt: null,
  failure: null,
  failingSince: null,
};

export type Look<T> =
  | { readonly kind: 'seen'; readonly at: number; readonly answer: T | null; readonly tag: string | null }
  | { readonly kind: 'failed'; readonly at: number; readonly failure: unknown };

/** What is known after one more look. An answer of null says that nothing has changed. */
export function afterLook<T>(feed: Feed<T>, look: Look<T>): Feed<T> {
  if (look.kind === 'failed') {
    return { ...feed, failure: look.failure, failingSince: feed.failingSince ?? look.at };
  }
  return {
    value: look.answer ?? feed.value,
    tag: look.tag,
    seenAt: look.at,
    failure: null,
    failingSince: null,
  };
}
