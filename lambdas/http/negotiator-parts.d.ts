/** The parts of negotiator that are used here, each by itself: the package as a whole would make every start longer. */
declare module 'negotiator/lib/language.js' {
  /** The languages of `provided` that an Accept-Language header takes, best first. */
  export default function preferredLanguages(
    accept: string | undefined,
    provided: readonly string[],
  ): string[];
}

declare module 'negotiator/lib/mediaType.js' {
  /** The media types of `provided` that an Accept header takes, best first. */
  export default function preferredMediaTypes(
    accept: string | undefined,
    provided: readonly string[],
  ): string[];
}
