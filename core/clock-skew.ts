/** How far the clocks of two machines may be apart, ms: of those who issue credentials or write events, and ours. */
export const CLOCK_SKEW_MS = 60_000;
