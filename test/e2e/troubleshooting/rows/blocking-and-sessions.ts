import { section } from '../../../support/troubleshooting-page.ts';

export const STILL_ACCESSIBLE = section('2. Blocked operations still work', {
  '2 not blocked: `curl -X POST …/start_caption_generation`': {
    fault: 'The method that leads to the application has lost its authorizer.',
    finding:
      '`curl -X POST` of the operation reaches the application; `maintenance doctor`: `api_methods` names the method.',
    cure: 'The authorizer on the method, as a deployment sets it: `curl` is answered 503.',
  },
  '2: operation classification': {
    fault: 'Something that should not run during maintenance is served by a GET, which counts as a read.',
    finding: '`maintenance classify METHOD PATH`',
    cure: '`maintenance rules add METHOD PATH TYPE`, in force within a second.',
  },
  '2: middleware execution': {
    fault: 'Nothing tells how a call that was let through was decided, and for whom.',
    finding:
      '`maintenance logs --follow --level debug` shows it as it happens, for 15 minutes and without a deployment.',
    cure: '`maintenance log-level info` ends it.',
  },
  '2: admin bypass': {
    fault: 'Somebody passes the block who should not: a member who has been made an admin.',
    finding:
      '`maintenance simulate METHOD PATH --as admin|member|anonymous` says who passes; `maintenance logs` shows who did.',
    cure: 'The group taken away in the user pool, and `maintenance users revoke NAME`.',
  },
  '2: caching': {
    fault:
      'The authorizer goes on by what it has read before a toggle: neither event log nor Redis answers it.',
    finding: '`maintenance doctor --section enforcement`: `enforcement` and `decided_version`.',
    cure: 'The connections, with nothing to clear: `maintenance report` says how soon the next toggle was in force.',
  },
});

export const SESSIONS_STAY = section('3. Sessions do not end', {
  '3 sessions: Redis connectivity, active sessions': {
    fault: 'Redis is stopped; then it is slow.',
    finding:
      '`maintenance doctor`: `sessions` and `session_store`; `maintenance sessions stats` says so too.',
    cure: 'Redis; nothing has to be started again.',
  },
  '3: session manager health, statistics': {
    fault: 'Redis lets the functions do nothing: the permissions of its user are gone.',
    finding: '`GET /sessions/statistics` answers 503, `GET /diagnostics` has the finding `redis`.',
    cure: 'The permissions; both are well after the next health check.',
  },
  '3: user role detection': {
    fault: 'The application writes the role where nobody looks for it, so that an admin counts as a member.',
    finding:
      '`maintenance sessions show ID` says which role was found, and where; `maintenance doctor`: `sessions`.',
    cure: 'The role where the option `sessionRolePointers` says.',
  },
  '3: clear all sessions (emergency)': {
    fault: 'The purge of a maintenance fails, and sessions stay.',
    finding: '`maintenance doctor --section services`: `session_purge`; `maintenance status` has the reason.',
    cure: 'Redis, and `maintenance sessions purge --all`: only the sessions of who orders it stay.',
  },
});

export const DATABASE_AND_NETWORK = section('Database, Redis and network', {
  'Database: configuration table, reset': {
    fault:
      'The state is stuck: a maintenance nobody ended, a purge that waits, everybody’s decisions told in the log.',
    finding: '`maintenance history` shows who did what.',
    cure: '`maintenance reset`: an event like any other, the history stays.',
  },
  'Database: expired sessions': {
    fault: 'The application makes sessions that never expire.',
    finding: '`maintenance doctor --section performance`: `session_expiry`, by the health check.',
    cure: 'An expiry on them: Redis sweeps them, and the next health check sees it.',
  },
  'Redis: diagnostics': {
    fault: 'Redis is full.',
    finding: '`maintenance doctor --section performance`: `redis_memory`, by the health check.',
    cure: 'Memory.',
  },
  'Network: `curl -I …/api/maintenance/status`': {
    fault: 'The authorizer does not start.',
    finding: '`curl -I` is answered 503; `maintenance doctor --section connectivity`: `head_status`.',
    cure: 'A version that starts: `curl -I` is answered 200.',
  },
});
