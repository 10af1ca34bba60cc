/** A stack that is configured wrongly. The message is a sentence that says what to do; no stack trace is needed. */
export class ConfigurationError extends Error {
  override readonly name = 'ConfigurationError';
}
