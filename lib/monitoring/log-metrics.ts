import { FilterPattern, type ILogGroup, MetricFilter } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';

/** Blocked calls of all modes and types together: `BlockedRequests` has them apart, and an alarm can't add those up. */
export const BLOCKED_CALLS = 'BlockedCalls';

/** Refused sign-ins, answers 401 and 403, admins' calls through a block, changes past the API, and of what was written. */
export const SECURITY_EVENTS = 'SecurityEvents';

/** Blocked calls, without the health check's own probes. */
const BLOCKED = '{ $.event = "operation_blocked" && $.operation != "canary" }';

/** The access log has the answers of everything behind the gateway, the application's own among them. */
const REFUSED = '{ $.status = "401" || $.status = "403" }';

interface LogMetricsProps {
  /** Where the metrics belong. */
  readonly namespace: string;
  /** The logs of those that decide about requests. */
  readonly deciders: readonly ILogGroup[];
  readonly accessLogs: ILogGroup;
  /** What concerns security and is no answer: the event that lines carry, and the logs that hold them. */
  readonly security: readonly { readonly event: string; readonly logs: readonly ILogGroup[] }[];
}

/** Metrics that are counted of log lines, where nothing writes them as such. */
export class LogMetrics extends Construct {
  readonly #namespace: string;

  constructor(scope: Construct, id: string, { namespace, deciders, accessLogs, security }: LogMetricsProps) {
    super(scope, id);
    this.#namespace = namespace;
    for (const [index, logGroup] of deciders.entries()) {
      this.#count(`Blocked${index}`, logGroup, BLOCKED_CALLS, BLOCKED, '$.calls');
    }
    this.#count('Refused', accessLogs, SECURITY_EVENTS, REFUSED);
    for (const { event, logs } of security) {
      for (const [index, logGroup] of logs.entries()) {
        this.#count(`${event}${index}`, logGroup, SECURITY_EVENTS, `{ $.event = "${event}" }`);
      }
    }
  }

  #count(id: string, logGroup: ILogGroup, metricName: string, pattern: string, metricValue = '1'): void {
    new MetricFilter(this, id, {
      logGroup,
      filterPattern: FilterPattern.literal(pattern),
      metricNamespace: this.#namespace,
      metricName,
      metricValue,
    });
  }
}
