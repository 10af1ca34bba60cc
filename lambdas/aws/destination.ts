/** Where entries go, and which log they tell of. */
export interface Destination {
  /** Name of the event bus. */
  readonly bus: string;
  /** Name of the event log. */
  readonly scope: string;
}
