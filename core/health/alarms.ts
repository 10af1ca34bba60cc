import type { Severity } from './health-record.ts';

/** An alarm as people meet it. What raises it is said where it is made. */
export interface AlarmDefinition {
  /** Kebab case; the deployed alarm's name is this after a prefix, see `alarmName`. */
  readonly name: string;
  readonly severity: Severity;
  /** Its heading in the troubleshooting guide. */
  readonly title: string;
  /** One sentence: what has happened, and what it means. */
  readonly description: string;
}

/** Every alarm that there is. Source: contract of the product, "Metrics and alarms". */
export const ALARMS = [
  {
    name: 'maintenance-activated',
    severity: 'info',
    title: 'Maintenance activated',
    description: 'Maintenance is active, and part of the application is closed on purpose.',
  },
  {
    name: 'emergency-activated',
    severity: 'critical',
    title: 'Emergency activated',
    description: 'An emergency was declared: the application is closed to everybody but administrators.',
  },
  {
    name: 'blocked-operations-high',
    severity: 'warning',
    title: 'Many blocked operations',
    description:
      'Callers run into the block more often than is usual: they do not know of the maintenance, or repeat in a loop.',
  },
  {
    name: 'session-manager-failure',
    severity: 'high',
    title: 'Session manager failure',
    description:
      'Sessions that maintenance has ended could not be deleted: the gateway honours none of them, but the application does.',
  },
  {
    name: 'health-check-failing',
    severity: 'high',
    title: 'Health check failing',
    description: 'The health check finds, minute after minute, that a component does not work.',
  },
  {
    name: 'health-check-silent',
    severity: 'high',
    title: 'Health check silent',
    description:
      'No health check has come to its end for minutes: nobody is watching, whatever the other alarms say.',
  },
  {
    name: 'enforcement-mismatch',
    severity: 'critical',
    title: 'Enforcement mismatch',
    description:
      'What the gateway lets through is not what the event log says: the block does not block, or blocks what is open.',
  },
  {
    name: 'log-tampered',
    severity: 'critical',
    title: 'Log tampered',
    description:
      'An event of the log was changed or removed after it was written: what the log says of the past, or of now, may be false.',
  },
  {
    name: 'maintenance-overdue',
    severity: 'warning',
    title: 'Maintenance overdue',
    description: 'Maintenance goes on past its planned end, and goes on blocking until somebody ends it.',
  },
  {
    name: 'drain-stuck',
    severity: 'warning',
    title: 'Drain stuck',
    description:
      'Jobs run although their drain deadline has passed, or could not be terminated, or something could not be paused or set back.',
  },
  {
    name: 'authorizer-errors',
    severity: 'high',
    title: 'Authorizer errors',
    description:
      'The authorizer fails: each failure is an answer 500 to somebody, whether or not maintenance is active.',
  },
  {
    name: 'authorizer-throttled',
    severity: 'high',
    title: 'Authorizer throttled',
    description:
      'Lambda turns calls of the authorizer away: each is an answer 500 to somebody, whether or not maintenance is active.',
  },
  {
    name: 'authorizer-slow',
    severity: 'high',
    title: 'Authorizer slow',
    description: 'Decisions take so long that every call of the application is held up by them.',
  },
  {
    name: 'dead-letters',
    severity: 'high',
    title: 'Dead letters',
    description:
      'Something could not be delivered however often it was tried, and waits in the dead-letter queue for a person.',
  },
] as const satisfies readonly AlarmDefinition[];

export type AlarmName = (typeof ALARMS)[number]['name'];

/** What an escalation alarm is called: the name of the alarm whose condition it watches for longer, and this. */
export const ESCALATED_SUFFIX = '-escalated';

/** Milliseconds after which an alarm that is still raised reaches the next level. */
export const ESCALATES_AFTER = 15 * 60_000;

/** The levels of escalation, by the topic that an alarm of a severity goes to. */
export const LEVELS = [1, 2, 3] as const;

export type Level = (typeof LEVELS)[number];

/** Whom an alarm tells first; null where it tells only those who follow the notices. */
export function levelOf(severity: Severity): Level | null {
  return { info: null, warning: 1, high: 2, critical: 3 }[severity] as Level | null;
}

/** Whom an alarm tells that nobody has cured; null where there is nobody further up, or nothing to cure. */
export function nextLevel(severity: Severity): Level | null {
  return { info: null, warning: 2, high: 3, critical: null }[severity] as Level | null;
}

/**
 * The anchor of an alarm's heading in the troubleshooting guide, as GitHub and most renderers make it of the title.
 *
 * @example anchorOf({ title: 'Drain stuck' }) // 'drain-stuck'
 */
export function anchorOf({ title }: Pick<AlarmDefinition, 'title'>): string {
  return title.toLowerCase().replaceAll(' ', '-');
}

/**
 * The alarm that a deployed name belongs to, be it the alarm's own or its escalation alarm's; null for any other name.
 *
 * @param prefix what stands before the name of every alarm of this deployment
 * @example alarmOf('MaintenanceMode-', 'MaintenanceMode-drain-stuck-escalated')?.name // 'drain-stuck'
 */
export function alarmOf(prefix: string, deployed: string): AlarmDefinition | null {
  if (!deployed.startsWith(prefix)) return null;
  const name = deployed.slice(prefix.length);
  return ALARMS.find((alarm) => name === alarm.name || name === `${alarm.name}${ESCALATED_SUFFIX}`) ?? null;
}
