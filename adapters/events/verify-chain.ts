import { CorruptLogError } from '../../core/errors.ts';
import { GENESIS_HASH, type MaintenanceEvent } from '../../core/events/event.ts';
import type { EventLog, Page } from '../../core/events/event-log.ts';
import { hashOf } from './event-hash.ts';
import { MAX_PAGE_SIZE } from './page-size.ts';

/** What is wrong with a log, and where. */
interface ChainFault {
  readonly number: number;
  /** No event of that number; not an event; its content isn't what was sealed; it follows another event. */
  readonly fault: 'missing' | 'unreadable' | 'altered' | 'unlinked';
  readonly expected: string;
  readonly actual: string | null;
}

/**
 * Walks the whole log and reports its first fault, the one with the lowest number; null when it is sound.
 * It finds accidents and careless changes. Somebody who may put items can write a new chain, and events cut off at
 * the end leave no trace in it: compare the newest hash with those in published events and logs.
 * Rejects with StoreUnavailableError.
 */
export async function verifyChain(log: Pick<EventLog, 'page'>): Promise<ChainFault | null> {
  let first: ChainFault | null = null;
  let above: Seen | null = null;
  for (let before: number | null = null; ; ) {
    const page: Page | CorruptLogError = await readPage(log, { limit: MAX_PAGE_SIZE, before });
    if (page instanceof CorruptLogError) {
      first = unreadable(page);
      above = { number: page.number, previousHash: null };
      before = page.number;
      continue;
    }
    for (const event of page.items) {
      first = alteration(event) ?? linkFault(above, event) ?? first;
      above = event;
    }
    before = page.nextBefore;
    if (before === null) return linkFault(above, BEFORE_FIRST) ?? first;
  }
}

/**
 * Looks at the newest events of a log alone: their contents, and that each follows the one before it.
 * Rejects with StoreUnavailableError.
 *
 * @param most how many events, up to the largest page
 */
export async function verifyNewest(
  log: Pick<EventLog, 'page'>,
  most: number,
): Promise<{ readonly events: number; readonly fault: ChainFault | null }> {
  const page = await readPage(log, { limit: most, before: null });
  if (page instanceof CorruptLogError) return { events: 0, fault: unreadable(page) };
  let first: ChainFault | null = null;
  let above: Seen | null = null;
  for (const event of page.items) {
    first = alteration(event) ?? linkFault(above, event) ?? first;
    above = event;
  }
  return { events: page.items.length, fault: first };
}

interface Seen {
  readonly number: number;
  /** Null where it can't be read. */
  readonly previousHash: string | null;
}

const BEFORE_FIRST = { number: 0, hash: GENESIS_HASH };

async function readPage(
  log: Pick<EventLog, 'page'>,
  options: { readonly limit: number; readonly before: number | null },
): Promise<Page | CorruptLogError> {
  try {
    return await log.page(options);
  } catch (error) {
    if (error instanceof CorruptLogError) return error;
    throw error;
  }
}

function unreadable({ number, message }: CorruptLogError): ChainFault {
  return { number, fault: 'unreadable', expected: `event ${number}`, actual: message };
}

function alteration(event: MaintenanceEvent): ChainFault | null {
  const { number, hash } = event;
  const expected = hashOf(event);
  return hash === expected ? null : { number, fault: 'altered', expected, actual: hash };
}

function linkFault(above: Seen | null, below: { number: number; hash: string }): ChainFault | null {
  if (above === null) return null;
  const number = below.number + 1;
  if (above.number !== number) {
    return { number, fault: 'missing', expected: `event ${number}`, actual: null };
  }
  const { previousHash } = above;
  if (previousHash === null || previousHash === below.hash) return null;
  return { number, fault: 'unlinked', expected: below.hash, actual: previousHash };
}
