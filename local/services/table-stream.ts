import { appendFileSync, existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';

/** An item in DynamoDB's JSON. */
export type Item = Readonly<Record<string, unknown>>;

/** A record of a table's stream. Source: "Record" of the DynamoDB Streams API reference. */
export interface StreamRecord {
  readonly eventID: string;
  readonly eventName: 'INSERT' | 'MODIFY' | 'REMOVE';
  readonly eventVersion: '1.1';
  readonly eventSource: 'aws:dynamodb';
  readonly awsRegion: string;
  readonly eventSourceARN: string;
  readonly dynamodb: {
    /** Seconds since 1970. */
    readonly ApproximateCreationDateTime: number;
    readonly Keys: Item;
    readonly NewImage?: Item;
    readonly OldImage?: Item;
    readonly SequenceNumber: string;
    readonly SizeBytes: number;
    readonly StreamViewType: string;
  };
}

/** What a write is about to change: the keys, and the items as they were before. */
export type Intent = readonly { readonly key: Item; readonly old: Item | undefined }[];

type Line = { readonly intent: Intent } | { readonly record: StreamRecord };

/**
 * The records of one table in the order of its writes, in memory and, where they are to be kept, in a file too: each
 * write is announced there before it is made, so that after a crash between write and record the record can still be
 * made.
 */
export class TableStream {
  readonly #file: string | undefined;
  #records: StreamRecord[] = [];
  #firstNumber = 1;
  readonly #listeners = new Set<() => void>();
  /** The write that was announced last, when nothing tells whether it was made. */
  readonly unsettled: Intent;

  /** @param file undefined: nothing is kept */
  constructor(file: string | undefined) {
    this.#file = file;
    let intent: Intent = [];
    for (const line of file !== undefined && existsSync(file) ? readFileSync(file, 'utf8').split('\n') : []) {
      const parsed = parse(line);
      if (!parsed) continue;
      if ('record' in parsed) this.#records.push(parsed.record);
      intent = 'intent' in parsed ? parsed.intent : [];
    }
    const [first] = this.#records;
    if (first) this.#firstNumber = recordNumber(first);
    this.unsettled = intent;
  }

  /** The number that the next record gets; record numbers begin with 1. */
  get nextNumber(): number {
    return this.#firstNumber + this.#records.length;
  }

  announce(intent: Intent): void {
    this.#write({ intent });
  }

  append(record: StreamRecord): void {
    this.#write({ record });
    this.#records.push(record);
    for (const listener of this.#listeners) listener();
  }

  /** Records from a number on, oldest first. */
  from(number: number, limit: number): StreamRecord[] {
    const start = Math.max(0, number - this.#firstNumber);
    return this.#records.slice(start, start + limit);
  }

  /** Calls the listener after each new record; returns a function that ends this. */
  onRecord(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Forgets the records before a number, but for the last, whose number the next one follows. */
  forgetBefore(number: number): void {
    const keep = this.#records.filter(
      (record, index) => recordNumber(record) >= number || index === this.#records.length - 1,
    );
    if (keep.length === this.#records.length) return;
    this.#records = keep;
    const [first] = keep;
    if (first) this.#firstNumber = recordNumber(first);
    if (this.#file === undefined) return;
    writeFileSync(`${this.#file}.new`, keep.map((record) => `${JSON.stringify({ record })}\n`).join(''));
    renameSync(`${this.#file}.new`, this.#file);
  }

  #write(line: Line): void {
    if (this.#file !== undefined) appendFileSync(this.#file, `${JSON.stringify(line)}\n`);
  }
}

/** Sequence numbers of AWS have 21 digits or more; these count from here. */
const SEQUENCE_BASE = 100_000_000_000_000_000_000n;

/** The sequence number of the record with this number. */
export const sequenceNumber = (number: number): string => String(SEQUENCE_BASE + BigInt(number));

/** The number of a record within its stream, from 1. */
export const recordNumber = (record: StreamRecord): number =>
  Number(BigInt(record.dynamodb.SequenceNumber) - SEQUENCE_BASE);

/** A line that a crash cut short tells nothing. */
function parse(line: string): Line | undefined {
  try {
    return line === '' ? undefined : (JSON.parse(line) as Line);
  } catch {
    return undefined;
  }
}
