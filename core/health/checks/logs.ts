import { MANY_REFUSALS } from '../thresholds.ts';
import { checksOf, counted, named } from './check.ts';
import type { Counts } from './services.ts';

export interface LogsFacts {
  /** Log groups that the stack says it has, and whether they are there. */
  readonly logGroups: readonly { readonly name: string; readonly exists: boolean }[];
  /** Lines of level ERROR in the last 15 minutes, by log group. */
  readonly errorLines: Counts;
  /** Lines that matter to security in the last 15 minutes, by kind. */
  readonly securityLines: Counts;
}

const check = checksOf<LogsFacts>('logs');

const remedy = 'See the log groups in the CloudWatch console.';

/** Whether the logs are kept, and what they complain of. */
export const LOGS_CHECKS = {
  log_groups: check({
    of: 'logGroups',
    remedy,
    judge: (all, say) => {
      const gone = all.filter(({ exists }) => !exists).map(({ name }) => name);
      return gone.length === 0
        ? say.ok(`All ${all.length} log groups are there.`)
        : say.failed(`Log groups are gone: ${named(gone)}.`, 'Deploy the stack again: `npm run deploy`.');
    },
  }),
  log_errors: check({
    of: 'errorLines',
    remedy,
    judge: (groups, say) => {
      const complaining = groups.filter(({ count }) => count > 0);
      if (complaining.length === 0) return say.ok('No error was logged in the last 15 minutes.');
      return say.warning(
        `Errors were logged in the last 15 minutes: ${named(complaining.map(({ name, count }) => `${count} in ${name}`))}.`,
        'An error means that a person has to act: `maintenance logs --errors` shows the lines.',
      );
    },
  }),
  security_lines: check({
    of: 'securityLines',
    remedy,
    judge: (kinds, say) => {
      const total = kinds.reduce((sum, { count }) => sum + count, 0);
      const which = kinds.map(({ name, count }) => `${name} ${count}`).join(', ');
      if (total === 0)
        return say.ok('Nobody was refused, and no admin passed a block, in the last 15 minutes.');
      return total > MANY_REFUSALS
        ? say.warning(
            `${counted(total, 'line')} of security in the last 15 minutes: ${which}.`,
            'See who it is; `maintenance users revoke NAME` ends what somebody was given.',
          )
        : say.ok(`In the last 15 minutes: ${which}.`);
    },
  }),
};
