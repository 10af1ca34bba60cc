import type { DecisionRecord } from '../../core/gate/decision-record.ts';
import type { DebugRecord, DecisionLog } from '../../core/gate/verdict.ts';
import { METRIC_NAMESPACE } from '../aws/metric-namespace.ts';

/**
 * One JSON object per line: the log line that people search for, and the metrics in the same line
 * (embedded metric format), so that a decision costs one write and no call.
 * Source: https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html
 */
export function decisionLog(write: (line: string) => void): DecisionLog {
  const log = (fields: Readonly<Record<string, unknown>>): void => write(`${JSON.stringify(fields)}\n`);
  return {
    decided: (record) => log(LINES[record.outcome](record)),
    summed: ({ client, operation, maintenance, calls, lastAt }, version, now) =>
      log({
        level: 'INFO',
        message: `[MAINTENANCE] Operation blocked: endpoint="*" user=${quoted(client)} reason="maintenance_active"`,
        timestamp: new Date(now).toISOString(),
        event: 'operation_blocked',
        version,
        summary_id: crypto.randomUUID(),
        maintenance_id: maintenance.id,
        mode: maintenance.mode,
        operation,
        client,
        calls,
        last_attempt: new Date(lastAt).toISOString(),
        Mode: maintenance.mode,
        Operation: operation,
        BlockedRequests: calls,
        _aws: metrics(now, [BLOCKED_METRICS]),
      }),
    debugged: (record) => log(debugLine(record)),
    stateUnknown: (error, requestId) =>
      log({
        level: 'ERROR',
        message: 'The state of maintenance is unknown: the configured default decides.',
        timestamp: new Date().toISOString(),
        event: 'state_unknown',
        request_id: requestId,
        error: error.message,
        cause: error.cause instanceof Error ? error.cause.message : undefined,
      }),
  };
}

/** Not among the lines that are counted: a decision that has two lines counts once. */
function debugLine(record: DebugRecord): Record<string, unknown> {
  const { request, identity, classification, state, now } = record;
  const { maintenance, version } = state;
  return {
    level: 'DEBUG',
    message: `[MAINTENANCE] Decision: verdict=${quoted(record.verdict)} method=${quoted(request.method)} endpoint=${quoted(record.endpoint)} user=${quoted(identity?.principal.id ?? '')}`,
    timestamp: new Date(now).toISOString(),
    event: 'decision',
    version,
    request_id: request.requestId,
    maintenance_id: maintenance?.id ?? null,
    mode: maintenance?.mode ?? null,
    verdict: record.verdict,
    route: request.route,
    method: request.method,
    endpoint: record.endpoint,
    operation: classification?.operation ?? null,
    user: identity?.principal.id ?? null,
    role: identity?.principal.role ?? null,
    credential: identity?.reason ?? identity?.credential ?? null,
    state_age_ms: record.stateAge,
    latency_ms: performance.now() - request.startedAt,
  };
}

type Line = (record: DecisionRecord) => Record<string, unknown>;

const LINES: Readonly<Record<DecisionRecord['outcome'], Line>> = {
  block: (record) => ({
    ...common(record, 'operation_blocked'),
    message: `[MAINTENANCE] Operation blocked: endpoint=${quoted(record.endpoint)} user=${quoted(record.identity.principal.id)} reason="maintenance_active"`,
    calls: 1,
    Mode: record.maintenance.mode,
    Operation: record.classification.operation,
    BlockedRequests: 1,
    ...timings(record),
    _aws: metrics(record.now, [BLOCKED_METRICS, TIMING_METRICS]),
  }),
  bypass: (record) => ({
    ...common(record, 'admin_bypass'),
    message: `[MAINTENANCE] Admin bypass: endpoint=${quoted(record.endpoint)} user=${quoted(record.identity.principal.id)}`,
    AdminBypasses: 1,
    ...timings(record),
    _aws: metrics(record.now, [BYPASS_METRICS, TIMING_METRICS]),
  }),
  would_block: (record) => ({
    ...common(record, 'would_block'),
    ...simulation(record),
    would_block: true,
    WouldBlock: 1,
    _aws: metrics(record.now, [WOULD_BLOCK_METRICS]),
  }),
  observe: (record) => ({
    ...common(record, 'would_allow'),
    ...simulation(record),
    would_block: false,
  }),
};

function simulation(record: DecisionRecord): Record<string, unknown> {
  const wouldBlock = record.outcome === 'would_block';
  const message = `[MAINTENANCE] Operation simulated: endpoint=${quoted(record.endpoint)} user=${quoted(record.identity.principal.id)} would_block="${wouldBlock}"`;
  return { message, template: record.classification.rule?.path ?? null };
}

function common(record: DecisionRecord, event: string): Record<string, unknown> {
  const { principal } = record.identity;
  return {
    level: 'INFO',
    timestamp: new Date(record.now).toISOString(),
    event,
    version: record.version,
    request_id: record.request.requestId,
    maintenance_id: record.maintenance.id,
    mode: record.maintenance.mode,
    operation: record.classification.operation,
    endpoint: record.endpoint,
    method: record.request.method,
    user: principal.id,
    role: principal.role,
    client: record.client,
  };
}

function timings({ request, stateAge }: DecisionRecord): Record<string, number> {
  return { DecisionLatency: performance.now() - request.startedAt, StateAge: stateAge };
}

interface MetricDirective {
  readonly Namespace: string;
  readonly Dimensions: readonly (readonly string[])[];
  readonly Metrics: readonly { readonly Name: string; readonly Unit: string }[];
}

function directive(dimensions: readonly string[], unit: string, ...names: string[]): MetricDirective {
  return {
    Namespace: METRIC_NAMESPACE,
    Dimensions: [dimensions],
    Metrics: names.map((Name) => ({ Name, Unit: unit })),
  };
}

const BLOCKED_METRICS = directive(['Mode', 'Operation'], 'Count', 'BlockedRequests');
const BYPASS_METRICS = directive([], 'Count', 'AdminBypasses');
const WOULD_BLOCK_METRICS = directive([], 'Count', 'WouldBlock');
const TIMING_METRICS = directive([], 'Milliseconds', 'DecisionLatency', 'StateAge');

function metrics(now: number, directives: readonly MetricDirective[]): object {
  return { Timestamp: now, CloudWatchMetrics: directives };
}

/** A value in the message: quoted and escaped, so that nothing in it can end the line or forge a field. */
function quoted(value: string): string {
  return JSON.stringify(value);
}
