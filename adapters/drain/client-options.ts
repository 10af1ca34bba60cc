/**
 * How clients of other services call: with more tries than usual, because a drain stops many at once and is throttled
 * sooner than others, and never longer than a step of the drain may take.
 */
export const KIND_CLIENT = {
  maxAttempts: 6,
  retryMode: 'adaptive',
  requestHandler: { connectionTimeout: 1000, requestTimeout: 5000, throwOnRequestTimeout: true },
} as const;
