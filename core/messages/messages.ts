import type { BuiltInOperation } from '../decision/operations.ts';

/**
 * What a file of messages exports: everything that people read in one language. The texts hold no `$`, which API Gateway
 * gives a meaning, and no markup: whoever shows them escapes them.
 */
export interface Messages {
  readonly operations: OperationMessages;
  readonly refusal: RefusalMessages;
  readonly page: PageMessages;
}

/** What people are told about an operation type. */
export interface OperationTexts {
  /** What the type covers, one sentence. */
  readonly description: string;
  /** What a blocked caller reads. */
  readonly userMessage: string;
  /** What a blocked caller can do instead. */
  readonly suggestion: string;
}

interface OperationMessages {
  readonly builtIn: Readonly<Record<BuiltInOperation, OperationTexts>>;
  /** Describes a type that the owner has added. */
  readonly ownDescription: (name: string) => string;
}

/** The words of the 503, as far as they do not depend on the operation. */
interface RefusalMessages {
  readonly title: string;
  /** What is said where there is no room for more. */
  readonly brief: string;
  readonly noEnd: string;
  readonly overdue: string;
  /** Stands before an instant. */
  readonly expectedEnd: string;
  readonly wait: (minutes: number) => string;
  /** For a page that will load what was asked for. */
  readonly comesBack: string;
  /** For a page whose request can only be made again by a person. */
  readonly notCarriedOut: string;
  /** Said when the service is back, and the page can't come back by itself. */
  readonly available: string;
  readonly goBack: string;
  readonly tryAgain: string;
  readonly startPage: string;
  /** Names the link to the maintenance page. */
  readonly more: string;
}

/** The words of the maintenance page. */
export interface PageMessages {
  readonly operational: string;
  readonly operationalText: string;
  readonly maintenance: string;
  readonly emergency: string;
  readonly rehearsal: string;
  readonly rehearsalText: string;
  readonly reason: string;
  readonly when: string;
  readonly since: string;
  readonly expectedEnd: string;
  readonly timeLeft: string;
  readonly noEnd: string;
  readonly overdue: string;
  readonly paused: string;
  readonly available: string;
  readonly nothingAvailable: string;
  readonly next: string;
  readonly from: string;
  readonly until: string;
  /** For a window that only rehearses. */
  readonly nextRehearsal: string;
  readonly unknown: string;
  readonly unknownText: string;
  readonly lastKnown: string;
  /** Stands before the instant at which the page was made. */
  readonly asOf: string;
  readonly updates: string;
  readonly updatesWithoutScript: string;
  readonly unreachable: string;
  readonly startPage: string;
  /** What each operation type is called in a list of what is paused or goes on. */
  readonly operations: Readonly<Record<Exclude<BuiltInOperation, 'canary'>, string>>;
}
