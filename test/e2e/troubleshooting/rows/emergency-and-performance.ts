import { section } from '../../../support/troubleshooting-page.ts';

export const EMERGENCY = section('4. Emergency', {
  '4 emergency: handler': {
    fault: 'The function `starter` fails, so that nobody begins to stop the jobs.',
    finding: '`maintenance doctor`: `job_drain` has failed, and `emergency_steps` shows the jobs as pending.',
    cure: 'A function that works: the next health check starts the drain again.',
  },
  '4: running jobs, one that will not die': {
    fault: 'A job goes on reporting after it was asked to stop.',
    finding: '`maintenance jobs list --status cancelling`, and `maintenance status`.',
    cure: 'Nothing: the job is terminated at its deadline, and its next report is told so.',
  },
  '4: jobs that hold a maintenance back': {
    fault: 'A job runs on after the drain deadline of a normal maintenance.',
    finding: '`maintenance logs --function drain` names it, and the alarm `drain-stuck` is raised.',
    cure: '`maintenance jobs terminate --grace 0`',
  },
  '4: state, an emergency left on': {
    fault: 'An emergency has been on for five hours.',
    finding:
      '`maintenance doctor --section emergency`: `emergency_left_on`; `maintenance status` says since when.',
    cure: '`maintenance deescalate`',
  },
  '4: force deactivation': {
    fault: 'The function `control` is down during an emergency.',
    finding: '`maintenance disable` fails and names `--direct`.',
    cure: '`maintenance disable --direct`',
  },
  '4: reset state': {
    fault: 'Redis is down: an emergency and a purge of sessions are stuck, and so is the function `control`.',
    finding: '`maintenance doctor`: `emergency_steps` or `session_purge` says what waits.',
    cure: '`maintenance reset --direct --yes`; the history keeps everything.',
  },
  '4: terminate jobs manually': {
    fault: 'An emergency was declared that lets jobs go on.',
    finding: '`maintenance jobs list` shows them running.',
    cure: '`maintenance jobs terminate --grace 10`',
  },
  '4: admin access blocked, admins losing access': {
    fault: 'Redis is down, so that nobody knows the session of an admin; then the function `control` too.',
    finding: '`maintenance doctor`: `session_store`; `admin_path` names the ways that are left.',
    cure: 'An access token or `--direct`, until Redis is back.',
  },
});

export const PERFORMANCE = section('5. Performance', {
  '5 performance: resources, database, Redis, request patterns': {
    fault: 'DynamoDB is slow for the authorizer, and somebody runs into the block again and again.',
    finding: '`maintenance stats` and `maintenance doctor --section performance`: `decision_latency`.',
    cure: 'DynamoDB; the finding goes when the slow decisions are 15 minutes old.',
  },
  '5: connection pool size': {
    fault: 'Lambda turns calls of the authorizer away, as at the limit of concurrent executions.',
    finding: '`maintenance doctor --section performance`: `throttles` and `concurrency`.',
    cure: 'Room for executions; the finding goes when the refusals are 15 minutes old.',
  },
  '5: Redis eviction policy': {
    fault: "Redis is set to allkeys-lru, which may take admins' sessions.",
    finding: '`maintenance doctor`: `redis_eviction_policy`.',
    cure: 'A policy that takes only what expires (`volatile-lru`) or nothing.',
  },
  '5: caching of status; rate limit of blocked requests': {
    fault:
      'DynamoDB is gone while people ask for the status, and a client runs into the block without a pause.',
    finding: '`maintenance status` still answers; `maintenance logs --blocked --count` counts every call.',
    cure: 'Nothing: the status comes from memory, and the client is told to wait longer.',
  },
});
