import type { Finding } from '../../../core/health/finding.ts';
import type { Look } from '../observation.ts';
import { counted, judged, named } from './doctor-checks.ts';

/** Lines of a kind in the last 15 minutes. */
export interface LinesSeen {
  readonly name: string;
  readonly count: number;
}

export interface LogsLooks {
  /** Log groups that the stack says it has, and whether they are there. */
  readonly groups: Look<readonly { readonly name: string; readonly exists: boolean }[]>;
  /** Lines of level ERROR by log group. */
  readonly errors: Look<readonly LinesSeen[]>;
  /** Lines that matter to security, by kind. */
  readonly security: Look<readonly LinesSeen[]>;
}

/** More refusals than this in 15 minutes are no slips of the keyboard. */
const MANY_REFUSALS = 100;

/** Whether the logs are kept, and what they complain of. */
export function judgeLogs({ groups, errors, security }: LogsLooks): readonly Finding[] {
  const remedy = 'See the log groups in the CloudWatch console.';
  return [
    judged('log_groups', groups, remedy, (all, say) => {
      const gone = all.filter(({ exists }) => !exists).map(({ name }) => name);
      return gone.length === 0
        ? say.ok(`All ${all.length} log groups are there.`)
        : say.failed(`Log groups are gone: ${named(gone)}.`, 'Deploy the stack again: `npm run deploy`.');
    }),
    judged('log_errors', errors, remedy, (lines, say) => {
      const complaining = lines.filter(({ count }) => count > 0);
      if (complaining.length === 0) return say.ok('No error was logged in the last 15 minutes.');
      return say.warning(
        `Errors were logged in the last 15 minutes: ${named(complaining.map(({ name, count }) => `${count} in ${name}`))}.`,
        'An error means that a person has to act: `maintenance logs --errors` shows the lines.',
      );
    }),
    judged('security_lines', security, remedy, (lines, say) => {
      const total = lines.reduce((sum, { count }) => sum + count, 0);
      const which = lines.map(({ name, count }) => `${name} ${count}`).join(', ');
      if (total === 0)
        return say.ok('Nobody was refused, and no admin passed a block, in the last 15 minutes.');
      return total > MANY_REFUSALS
        ? say.warning(
            `${counted(total, 'line')} of security in the last 15 minutes: ${which}.`,
            'See who it is; `maintenance users revoke NAME` ends what somebody was given.',
          )
        : say.ok(`In the last 15 minutes: ${which}.`);
    }),
  ];
}
