import { type ILogGroup, QueryDefinition, QueryString } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';

interface SavedQueriesProps {
  /** The folder of the saved queries in CloudWatch. */
  readonly folder: string;
  /** The logs of all functions. */
  readonly logs: readonly ILogGroup[];
  /** Of those that decide about requests. */
  readonly deciders: readonly ILogGroup[];
  /** Of those that work on sessions; none where there are no sessions. */
  readonly sessions: readonly ILogGroup[];
  /** Where whatever concerns security is told. */
  readonly security: readonly ILogGroup[];
}

/** The searches that somebody on call needs, saved in CloudWatch Logs Insights. */
export class SavedQueries extends Construct {
  readonly #folder: string;

  constructor(scope: Construct, id: string, props: SavedQueriesProps) {
    super(scope, id);
    this.#folder = props.folder;
    this.#save('Maintenance errors', props.logs, {
      fields: ['@timestamp', 'service', 'level', 'message', 'error.message', 'request_id'],
      filterStatements: ['level in ["ERROR", "WARN"] or @message like /Task timed out|Runtime exited/'],
      sort: '@timestamp desc',
      limit: 200,
    });
    this.#save('Count of blocked operations', props.deciders, {
      filterStatements: ['event = "operation_blocked"'],
      statsStatements: ['sum(calls) as blocked by mode, operation'],
      sort: 'blocked desc',
    });
    if (props.sessions.length > 0) this.#saveSessionIssues(props.sessions);
    this.#save('Maintenance activity', props.logs, {
      fields: ['@timestamp', 'service', 'message', 'version'],
      filterStatements: ['message like /^\\[(MAINTENANCE|EMERGENCY)\\]/'],
      sort: '@timestamp desc',
      limit: 500,
    });
    this.#save('Security', props.security, {
      fields: [
        '@timestamp',
        'coalesce(event, concat("answer_", status)) as what',
        'coalesce(user, source_ip) as who',
        'coalesce(endpoint, resource) as where',
        'coalesce(code, message) as why',
        'request_id',
      ],
      filterStatements: [
        'event in ["sign_in_refused", "access_refused", "admin_bypass", "direct_change", "log_tampered"] or status in ["401", "403"]',
      ],
      sort: '@timestamp desc',
      limit: 500,
    });
  }

  #saveSessionIssues(logs: readonly ILogGroup[]): void {
    this.#save('Session issues', logs, {
      fields: ['@timestamp', 'service', 'level', 'event', 'message', 'error.message'],
      filterStatements: ['level in ["ERROR", "WARN"] and @message like /(?i)session|redis/'],
      sort: '@timestamp desc',
      limit: 200,
    });
  }

  #save(
    name: string,
    logGroups: readonly ILogGroup[],
    query: ConstructorParameters<typeof QueryString>[0],
  ): void {
    new QueryDefinition(this, name.replaceAll(' ', ''), {
      queryDefinitionName: `${this.#folder}/${name}`,
      queryString: new QueryString(query),
      logGroups: [...logGroups],
    });
  }
}
