import { section } from '../../../support/troubleshooting-page.ts';

export const LOGS = section('Logs', {
  'Log locations, patterns, analysis commands': {
    fault:
      'Calls are blocked, a toggle is made, and the role of the function `control` is missing for a while.',
    finding:
      '`maintenance logs --errors`, `--blocked --count` and `--function NAME` for every function, by the name of its folder.',
    cure: 'The role: changes go through again.',
  },
  'Security log': {
    fault:
      'Somebody signs in who may not, calls without a token and as a member, and an admin acts past the API.',
    finding: '`maintenance doctor --section logs`: `security_lines`; the metric SecurityEvents.',
    cure: '`maintenance users revoke NAME`',
  },
});

export const ESCALATION = section('Escalation', {
  'Escalation levels 1–3, what to provide, testing the contacts': {
    fault: 'Nothing can be published to the topics.',
    finding:
      '`maintenance escalate --test` says which level was not told, and `maintenance logs --errors` has it.',
    cure: 'SNS; then the test comes to every level, and `maintenance escalate --level 2` sends the six facts.',
  },
  'An alarm topic without permission': {
    fault: 'The function `operations` may no longer publish to the topics.',
    finding: '`maintenance escalate --test` fails; `maintenance doctor --section logs` shows its errors.',
    cure: 'The permission; nothing has to be started again.',
  },
});

export const MONITORING = section('Health checks, monitoring and drills', {
  'Daily health check script': {
    fault: 'The function `health-check` does not start any more.',
    finding: '`maintenance doctor --section services`: `health_check` has fallen silent.',
    cure: 'A function that starts; its next minute is enough.',
  },
  'System and application monitoring; the four alerting rules': {
    fault: 'An emergency is declared while Redis is down, and many run into the block.',
    finding: '`maintenance doctor --section services`: `alarms` names them, with the page of each.',
    cure: 'Redis and `maintenance disable`.',
  },
  'An overdue window': {
    fault:
      'The functions `tick` and `drain` fail, so that nobody writes that a scheduled maintenance has begun.',
    finding: '`maintenance doctor`: `windows` or `due_events`; calls are blocked by the clock all the same.',
    cure: 'The functions: the next minute writes what is due.',
  },
  'A poisoned record of the stream, and dead letters': {
    fault: 'Somebody writes an item into the table of the event log that is no event.',
    finding:
      '`maintenance logs --errors` has `malformed_record`, `maintenance doctor --section services` `dead_letters`.',
    cure: 'The item is deleted and the message too; events after it are published.',
  },
  'Authorizer errors': {
    fault: 'Every call of the authorizer fails.',
    finding:
      '`maintenance doctor`: `head_status` and `function_errors`; `maintenance status --direct` goes on.',
    cure: 'A version that works; the finding goes when the failures are 15 minutes old.',
  },
  'Best practice: weekly, monthly, quarterly, annual duties': {
    fault: 'None, and then a block that does not block.',
    finding: '`maintenance drill` passes, and is aborted by a critical alarm.',
    cure: 'The authorizer on its method; the drill passes again.',
  },
});
