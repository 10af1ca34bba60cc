import { quoteMarkdown as quote, markdownTable as table, escapeMarkdown as text } from './markdown.ts';
import type {
  AttemptsReport,
  CountsByType,
  EmergencyReport,
  JobsReport,
  PlanView,
  ReportView,
  SessionsReport,
  TestRunView,
} from './schemas.ts';

const KINDS: Readonly<Record<ReportView['kind'], string>> = {
  maintenance: 'Maintenance',
  emergency: 'Emergency',
  test_run: 'Test run',
};

const ENDINGS: Readonly<Record<NonNullable<ReportView['ended_how']>, string>> = {
  disabled: 'disabled',
  auto_ended: 'by the clock, as planned',
  window_ended: 'with its window',
  reset: 'by a reset of the state',
  replaced: 'completed when another maintenance began',
};

/** Details of a test run that a page for people shows; JSON has them all. */
const MAX_DETAILS = 100;

/** A report as a page for people, in Markdown. Whatever people wrote in it is shown as it is, and does nothing. */
export function reportMarkdown(report: ReportView): string {
  const parts = [
    `# ${KINDS[report.kind]} of ${report.started_at}`,
    ...(report.status === 'in_progress' ? [`**In progress**, as of ${report.as_of}.`] : []),
    quote(report.reason),
    ...(report.public_reason === undefined
      ? []
      : ['Everybody who was blocked read instead:', quote(report.public_reason)]),
    table(['', ''], facts(report)),
    '## Blocked calls',
    attempts(report),
    '## Sessions',
    sessions(report.sessions),
    '## Jobs',
    jobs(report),
    '## Enforcement and alarms',
    `- Enforcement lag: ${lag(report.enforcement_lag)}\n` +
      `- Alarms raised: ${text(report.alarms.raised === null ? (report.alarms.note ?? 'not known') : report.alarms.raised.join(', ') || 'none')}`,
    ...report.emergencies.flatMap(emergency),
    ...(report.test_run === null ? [] : testRun(report.test_run)),
    '## Timeline',
    timeline(report),
  ];
  return `${parts.join('\n\n')}\n`;
}

function facts(report: ReportView): string[][] {
  const { plan } = report;
  const ended = report.ended_at === null ? 'not yet' : `${report.ended_at}, ${endedBy(report)}`;
  return [
    ['Id', text(report.id)],
    ['Mode', report.modes.join(', then ')],
    ['Started', `${report.started_at}, by ${text(report.started_by)}`],
    ['Ended', ended],
    ...(report.window === null ? [] : [['Window', text(report.window)]]),
    ['Took', `${report.duration} s`],
    ['Planned', planned(plan.at_start)],
    ...(planned(plan.at_start) === planned(plan.final) ? [] : [['Planned last', planned(plan.final)]]),
    ...overrun(plan.overrun),
  ];
}

function overrun(seconds: number | null): string[][] {
  if (seconds === null || seconds === 0) return [];
  return [[seconds > 0 ? 'Over the plan' : 'Under the plan', `${Math.abs(seconds)} s`]];
}

function endedBy({ ended_how: how, ended_by: by }: ReportView): string {
  return `${how === null ? 'ended' : ENDINGS[how]}, by ${text(by ?? 'nobody')}`;
}

function planned({ duration, ends_at: endsAt, auto_end: autoEnd }: PlanView): string {
  if (duration === null || endsAt === null) return 'no end';
  return `${duration} s, until ${endsAt}${autoEnd ? ', ending by itself' : ''}`;
}

function attempts({ attempts: counted, counts_source: source }: ReportView): string {
  if (counted === null) {
    return source === 'expired' ? 'The counts are not kept any more.' : 'The counts could not be read.';
  }
  return `${blocked(counted)}\n\n${bypasses(counted.bypasses)}`;
}

function blocked({ blocked: calls }: AttemptsReport): string {
  if (calls.total === 0) return 'No calls were blocked.';
  const clients = `${calls.clients_exact ? '' : 'about '}${calls.clients}`;
  return `Blocked calls: ${calls.total}, of different clients: ${clients}.\n\n${byType(calls)}`;
}

function bypasses(calls: CountsByType): string {
  if (calls.total === 0) return 'No admin passed the block.';
  return `Calls of admins that passed the block: ${calls.total}.\n\n${byType(calls)}`;
}

function byType({ by_type: types }: CountsByType): string {
  return table(
    ['Operation type', 'Calls', 'Last'],
    types.map(({ operation_type: type, calls, last_call: last }) => [text(type), calls, last]),
  );
}

function sessions({ ended, kept, unparsable, pending, purges }: SessionsReport): string {
  const lines = [
    `Sessions ended: ${ended}, kept: ${kept === null ? 'not known' : kept}.`,
    ...(unparsable === 0 ? [] : [`Of those ended, unreadable: ${unparsable}.`]),
    ...(pending ? ['A purge is still to be carried out.'] : []),
  ];
  if (purges.length === 0) return lines.join(' ');
  const rows = purges.map((purge) => [
    text(purge.purge_id),
    purge.scope,
    purge.completed_at,
    purge.scanned,
    purge.deleted,
    purge.kept,
    `${purge.duration} s`,
  ]);
  return `${lines.join(' ')}\n\n${table(['Purge', 'Scope', 'Completed', 'Scanned', 'Deleted', 'Kept', 'Took'], rows)}`;
}

const DRAINS: Readonly<Record<JobsReport['status'], string>> = {
  draining: 'Jobs are still being drained.',
  stopped: 'The maintenance was over before the jobs were.',
  drained: 'All jobs have ended.',
  terminated: 'All jobs have ended, some of them terminated.',
  incomplete: 'Not all jobs could be ended.',
};

function jobs({ jobs: report, jobs_source: source }: ReportView): string {
  if (report === null) {
    return source === 'unavailable'
      ? 'What became of jobs could not be read.'
      : 'No drain of jobs was recorded.';
  }
  const { status, found, drained, terminated, lost, left, counts_exact: isExact } = report;
  const about = isExact ? '' : ' These counts are not exact.';
  const line = `${DRAINS[status]} Of ${found}, ${drained} ended by themselves, ${terminated} were terminated, ${lost} were lost and ${left} were left.${about}`;
  const failed = report.failed_to_terminate.map(
    ({ kind, id, reason }) => `- not terminated: ${text(kind)} ${text(id ?? '(all)')}: ${text(reason)}`,
  );
  return failed.length === 0 ? line : `${line}\n\n${failed.join('\n')}`;
}

function lag({ milliseconds, note }: ReportView['enforcement_lag']): string {
  const parts = [
    ...(milliseconds === null ? [] : [`${milliseconds} ms at most`]),
    ...(note === null ? [] : [note]),
  ];
  return text(parts.join('; '));
}

function emergency(report: EmergencyReport): string[] {
  const rows = report.steps.map(({ step, outcome, at, error }) => [
    step,
    outcome.replaceAll('_', ' '),
    at ?? '',
    text(error ?? ''),
  ]);
  const jobsAre = report.terminate_jobs ? `terminated after ${report.grace_period} s` : 'left alone';
  return [
    `## Emergency of ${report.declared_at}`,
    quote(report.reason),
    `${report.trigger === 'escalated' ? 'Escalated from maintenance' : 'Declared'} by ${text(report.declared_by)}; it took ${report.duration} s${report.enforcement_lag === null ? '' : `, and was enforced after ${report.enforcement_lag} ms at most`}. Recovery: ${report.recovery.replaceAll('_', ' ')}. Jobs are ${jobsAre}.`,
    table(['Step', 'Outcome', 'At', 'Why'], rows),
  ];
}

function testRun(run: TestRunView): string[] {
  const { verdict, calls, coverage, unclassified, details } = run;
  const shown = details.slice(0, MAX_DETAILS);
  return [
    `## Verdict: ${verdict.result}`,
    ...(verdict.reasons.length === 0
      ? []
      : [verdict.reasons.map((reason) => `- ${text(reason)}`).join('\n')]),
    `${calls.total} calls: ${calls.would_block} would have been blocked, ${calls.would_allow} allowed.`,
    table(
      ['Operation type', 'Would block', 'Would allow', 'Last'],
      run.by_type.map((type) => [
        text(type.operation_type),
        type.would_block,
        type.would_allow,
        type.last_call,
      ]),
    ),
    '### Coverage',
    `- Types never exercised: ${coverage.types.never.map(text).join(', ') || 'none'}\n` +
      `- Rules exercised: ${coverage.rules.exercised} of ${coverage.rules.total}`,
    '### Unclassified paths',
    unclassified.paths.length === 0
      ? 'None.'
      : table(
          ['Method', 'Path', 'Calls'],
          unclassified.paths.map(({ method, path, calls: count }) => [text(method), text(path), count]),
        ),
    ...(unclassified.left_out === 0
      ? []
      : [`${unclassified.left_out} calls to further paths are not listed.`]),
    '### Routes',
    table(
      ['Method', 'Path template', 'Operation type', 'Role', 'Would block', 'Would allow'],
      run.routes.map((route) => [
        text(route.method),
        text(route.path_template ?? '(no rule)'),
        text(route.operation_type),
        route.role,
        route.would_block,
        route.would_allow,
      ]),
    ),
    ...(run.routes_left_out === 0 ? [] : [`${run.routes_left_out} calls to further routes are not listed.`]),
    `### The last ${shown.length} calls`,
    table(
      ['At', 'Method', 'Path template', 'Operation type', 'Role', 'Would block'],
      shown.map((call) => [
        call.at,
        text(call.method),
        text(call.path_template ?? '(no rule)'),
        text(call.operation_type),
        call.role,
        call.would_block ? 'yes' : 'no',
      ]),
    ),
  ];
}

function timeline({ timeline: entries }: ReportView): string {
  return entries
    .map(({ number, type, at, by, via, reason }) => {
      const line = `- ${at} **${text(type)}** by ${text(by)} (${via}), event ${number}`;
      return reason === null ? line : `${line}\n\n${quote(reason, '  ')}\n`;
    })
    .join('\n');
}
