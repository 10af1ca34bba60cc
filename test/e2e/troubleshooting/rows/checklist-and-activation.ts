import { section } from '../../../support/troubleshooting-page.ts';

export const CHECKLIST = section('Quick checklist', {
  'checklist: status': {
    fault: 'A maintenance goes on past its planned end.',
    finding: '`maintenance doctor --section status`: `maintenance_overdue`.',
    cure: '`maintenance update --extend 30m`',
  },
  'checklist: configuration': {
    fault: 'A rule of somebody lets writes pass as if they were reads.',
    finding: '`maintenance doctor --section configuration`: `rules` names it.',
    cure: '`maintenance rules remove ID`',
  },
  'checklist: services': {
    fault: 'The function `control` does not start.',
    finding: '`maintenance doctor --section services`: `function_errors` names it.',
    cure: 'A version that starts; the finding goes when its failures are 15 minutes old.',
  },
  'checklist: connectivity': {
    fault: 'Lambda turns every call of the authorizer away.',
    finding: '`maintenance doctor`: `head_status` has failed, and `throttles` says why.',
    cure: 'Executions for the authorizer.',
  },
  'checklist: permissions': {
    fault: 'Somebody is signed in who is no admin, and has no AWS credentials.',
    finding: '`maintenance doctor --section permissions`: `identity` and `admin_path`.',
    cure: '`maintenance login` as an admin.',
  },
  'checklist: logs': {
    fault: 'The role of the function `control` is missing: all that it asks of AWS is refused.',
    finding:
      '`maintenance doctor --section logs`: `log_errors`; `maintenance logs --errors` shows the lines.',
    cure: 'The role; the finding goes when the lines are 15 minutes old.',
  },
});

export const WONT_ACTIVATE = section("1. Maintenance won't activate", {
  "1 won't activate: configuration service": {
    fault: 'The function `control` may no longer write the event log.',
    finding:
      '`maintenance enable` is refused and says why; `maintenance doctor --direct` shows that the log itself works.',
    cure: '`maintenance enable --direct`, and the role.',
  },
  '1: database connection': {
    fault: 'DynamoDB is slow, then gone.',
    finding:
      '`maintenance doctor`: `state_store` says that it is slow, `event_log_read` and `event_log_write` that it is gone.',
    cure: 'DynamoDB; nothing has to be started again.',
  },
  '1: user permissions, "fix role"': {
    fault: 'Who has to enable maintenance is in no group of admins.',
    finding: '`maintenance whoami` and `maintenance users show NAME`.',
    cure: '`maintenance users promote NAME`, and a new sign-in.',
  },
  '1: middleware registration, "re-register"': {
    fault: 'The method of the canary route has lost its authorizer.',
    finding:
      '`maintenance doctor`: `api_methods` names the method, and `enforcement` that the block does not block.',
    cure: 'The authorizer on the method, as a deployment sets it.',
  },
  '1: restart services': {
    fault: 'The authorizer reaches neither the event log nor the copy in Redis, and decides by an old state.',
    finding: '`maintenance doctor --section enforcement`: `enforcement` and `decided_version`.',
    cure: 'The connections, and `maintenance refresh`: every instance reads all anew.',
  },
});
