import { z } from 'zod';
import { type GiveNoticeParts, giveNotice } from '../../core/notices/give-notice.ts';
import type { Log } from '../aws/log.ts';

interface NoticesParts extends Omit<GiveNoticeParts, 'onUnrecorded'> {
  readonly log: Log;
}

/** What is read of an event of the bus: the rest is in the log. */
const busEvent = z.object({ detail: z.object({ number: z.int().min(1), type: z.string() }) });

/** Tells people of an event of the bus. Rejects where they could not be told: Lambda tries again. */
export function createNoticesHandler(parts: NoticesParts) {
  const { log } = parts;
  return async (event: unknown, { awsRequestId }: { readonly awsRequestId: string }): Promise<void> => {
    const { number, type } = busEvent.parse(event).detail;
    const facts = { request_id: awsRequestId, version: number, type };
    try {
      const outcome = await giveNotice(number, {
        ...parts,
        onUnrecorded: (error) =>
          log.warn('A notice could not be written down; it may be given again.', {
            event: 'notice_unrecorded',
            error,
            ...facts,
          }),
      });
      log.info('Notice given.', { event: 'notice_given', outcome, ...facts });
    } catch (error) {
      log.warn('A notice could not be given; it is tried again.', {
        event: 'notice_failed',
        error,
        ...facts,
      });
      throw error;
    }
  };
}
