import { Logger } from '@aws-lambda-powertools/logger';

/**
 * Where a function tells what it does: one JSON object per line.
 * ERROR only where a person must act, WARN for what went wrong and heals by itself.
 */
export interface Log {
  info(message: string, fields: Readonly<Record<string, unknown>>): void;
  warn(message: string, fields: Readonly<Record<string, unknown>>): void;
  /** `fields.error` is told with its stack. */
  error(message: string, fields: Readonly<Record<string, unknown>>): void;
}

/** @param service the function's name, in the field `service` of every line */
export function createLog(service: string): Log {
  const logger = new Logger({ serviceName: service });
  return {
    info: (message, fields) => logger.info(message, { ...fields }),
    warn: (message, fields) => logger.warn(message, { ...fields }),
    error: (message, fields) => logger.error(message, { ...fields }),
  };
}
