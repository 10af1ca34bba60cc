import type { AttemptStore } from '../../core/attempts/store.ts';
import type { Log } from '../aws/log.ts';
import { readAttempt } from './read-attempt.ts';
import { type LogsEvent, readBatch } from './read-batch.ts';

interface TallyParts {
  readonly attempts: Pick<AttemptStore, 'add'>;
  readonly log: Log;
}

/**
 * Counts the attempts that the authorizer's log lines tell of. What can't be counted now is thrown, so that Lambda
 * offers the whole batch again: whatever of it has been counted is recognised then.
 */
export function createTallyHandler({ attempts, log }: TallyParts) {
  return async (event: LogsEvent): Promise<void> => {
    const { stream, lines } = readBatch(event);
    const read = lines.map(readAttempt);
    const readable = read.filter((attempt) => attempt !== null);
    const unreadable = read.length - readable.length;
    if (unreadable > 0) {
      log.error('Decision log lines do not tell of attempts as they should; they are not counted.', {
        event: 'lines_unreadable',
        lines: unreadable,
        stream,
      });
    }
    if (readable.length === 0) return;
    const { added, repeated, late } = await attempts.add(stream, readable);
    log.info('Attempts counted.', { event: 'attempts_counted', added, repeated });
    if (late === 0) return;
    log.warn(
      'Attempts came so late that nobody knows whether they were counted before; they were left out.',
      {
        event: 'attempts_late',
        attempts: late,
        stream,
      },
    );
  };
}
