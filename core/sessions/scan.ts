/** How those scan the sessions who only want to look at them. */

/** Keys that are passed in one step: about 100 leave other clients of the store a p99 of 2 ms. */
export const SCAN_SIZE = 100;

/** Milliseconds for which one call scans on. Together with its last step it stays far from the gateway's 29 s. */
export const SCAN_BUDGET_MS = 2000;
