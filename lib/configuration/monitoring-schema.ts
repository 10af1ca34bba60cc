import { Token } from 'aws-cdk-lib';
import { z } from 'zod';
import { integer, text } from './checks.ts';

const CONTACT = 'must be an e-mail address, or an https address that takes notifications of Amazon SNS';

/** What a contact is decides how it is subscribed, so it has to be known. */
function contactProblem(contact: string): string | null {
  if (Token.isUnresolved(contact)) return 'must be known at synthesis';
  if (/^[^\s@:/]+@[^\s@:/]+\.[^\s@:/]+$/.test(contact)) return null;
  return contact.startsWith('https://') && URL.canParse(contact) ? null : CONTACT;
}

const contacts = z
  .array(
    z.string('must be text').superRefine((value, context) => {
      const message = contactProblem(value);
      if (message !== null) context.addIssue({ code: 'custom', message });
    }),
    'must be a list',
  )
  .refine((list) => new Set(list).size === list.length, 'must name nobody twice')
  .default([]);

/** Who follows which topic. */
export const CONTACTS = z.strictObject({
  notices: contacts,
  level1: contacts,
  level2: contacts,
  level3: contacts,
});

/** Lambda ends a decision after so many milliseconds: a longer one is never measured. */
const MAX_DECISION_MS = 3000;

/** From what on an alarm is raised. A threshold of 0 would be reached by silence. */
export const ALARM_THRESHOLDS = z
  .strictObject({
    blockedCallsPerMinute: integer(1, 100_000_000),
    sessionPurgeFailuresPerMinute: integer(1, 60),
    unhealthyMinutes: integer(1, 60),
    silentMinutes: integer(2, 60),
    authorizerErrorsPerMinute: integer(1, 1_000_000),
    authorizerThrottlesPerMinute: integer(1, 1_000_000),
    authorizerMilliseconds: integer(1, MAX_DECISION_MS),
    deadLetters: integer(1, 120_000),
  })
  .partial();

export type AlarmThresholds = Required<z.output<typeof ALARM_THRESHOLDS>>;

export const DEFAULT_THRESHOLDS: AlarmThresholds = {
  blockedCallsPerMinute: 100,
  sessionPurgeFailuresPerMinute: 1,
  unhealthyMinutes: 3,
  silentMinutes: 3,
  authorizerErrorsPerMinute: 5,
  authorizerThrottlesPerMinute: 5,
  authorizerMilliseconds: 1000,
  deadLetters: 1,
};

/** An absolute address, or a path within wherever the alarm's reader has the project. */
export const RUNBOOK_URL = text((value) =>
  /^(?:https:\/\/)?[^\s#?]+$/.test(value) ? null : 'must be an address or a path, without "?" and "#"',
).default('docs/troubleshooting.md');
