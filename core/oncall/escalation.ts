import type { StatusView } from '../status/schemas.ts';
import type { Diagnostics, EscalationBody } from './schemas.ts';

/** What is published for those on call. */
export interface EscalationNotice {
  /** ASCII, one line, under 100 characters. Source: Amazon SNS, "Publish", "Subject". */
  readonly subject: string;
  readonly body: string;
}

/** What the system says of itself; null where it can't be asked. */
interface SystemState {
  readonly status: StatusView | null;
  readonly diagnostics: Diagnostics;
}

const NOT_ASCII = /[^ -~]+/g;

/**
 * The six facts that the troubleshooting guide asks for: what, the impact, the steps taken, the state of the system, how
 * urgent, and whom to ask. A test says that it is one, and asks for nothing but an answer.
 *
 * @param deployment the name of the event log, to tell deployments apart
 */
export function escalationNotice(
  asked: EscalationBody,
  from: { readonly by: string; readonly at: string; readonly deployment: string },
  system: SystemState,
): EscalationNotice {
  const { level, test } = asked;
  const name = from.deployment.replace(NOT_ASCII, '?').slice(0, 40);
  const head = [`Level: ${level}`, `Deployment: ${from.deployment}`, `Sent: ${from.at} by ${from.by}`];
  if (test) {
    return {
      subject: `[TEST] Escalation level ${level}: maintenance mode (${name})`,
      body: [
        'This is a test of the contacts of this level. Nothing is wrong; nothing needs to be done.',
        ...head,
        '',
      ].join('\n'),
    };
  }
  return {
    subject: `[Level ${level}] Escalation, ${asked.urgency} urgency: maintenance mode (${name})`,
    body: [
      ...head,
      section('1. Issue', [asked.description ?? '']),
      section('2. Impact', [asked.impact ?? '']),
      section(
        '3. Steps taken',
        asked.steps_taken.length === 0 ? ['none'] : asked.steps_taken.map((step) => `- ${step}`),
      ),
      section('4. System state', systemLines(system)),
      section('5. Urgency', [asked.urgency ?? '']),
      section('6. Contact', [asked.contact ?? '']),
      '',
    ].join('\n'),
  };
}

function section(title: string, lines: readonly string[]): string {
  return ['', title, ...lines].join('\n');
}

function systemLines({ status, diagnostics }: SystemState): readonly string[] {
  const raised = diagnostics.alarms?.filter(({ state }) => state === 'alarm') ?? null;
  const troubles = diagnostics.findings.filter(
    (found) => found.status === 'failed' || found.status === 'warning',
  );
  return [
    ...(status === null
      ? ['Maintenance: the state cannot be read']
      : [
          `Maintenance: ${status.is_active ? `active, mode ${status.mode}, since ${status.started_at}` : 'not active'}`,
          `Version: ${status.version}`,
          ...(status.reason === null ? [] : [`Reason: ${status.reason}`]),
          ...(status.estimated_completion === null ? [] : [`Planned end: ${status.estimated_completion}`]),
        ]),
    `Health: ${diagnostics.status}, as of ${diagnostics.as_of ?? 'never'}`,
    ...troubles.map(({ section: part, check, status: how, seen }) => `- ${how}: ${part}/${check}: ${seen}`),
    `Alarms: ${raised === null ? 'not known' : raised.length === 0 ? 'none' : raised.map(({ name }) => name).join(', ')}`,
  ];
}
