import Box from '@cloudscape-design/components/box';
import Container from '@cloudscape-design/components/container';
import Header from '@cloudscape-design/components/header';
import SpaceBetween from '@cloudscape-design/components/space-between';
import StatusIndicator, { type StatusIndicatorProps } from '@cloudscape-design/components/status-indicator';
import Table from '@cloudscape-design/components/table';
import { Refusal } from '../api/refusal.ts';
import type { Diagnostics, Health } from '../api/types.ts';
import { ago, instant, operationLabel } from '../logic/format.ts';
import { AsGiven } from '../parts/as-given.tsx';
import { PageFrame } from '../parts/page.tsx';
import { RefusalAlert } from '../parts/refusal-alert.tsx';
import { useAnswer } from '../parts/use-answer.ts';

const SIGNS: Readonly<Record<string, StatusIndicatorProps.Type>> = {
  healthy: 'success',
  ok: 'success',
  degraded: 'warning',
  warning: 'warning',
  unhealthy: 'error',
  failed: 'error',
  alarm: 'error',
  insufficient_data: 'pending',
  unknown: 'pending',
};

function Sign({ status }: { readonly status: string }) {
  return <StatusIndicator type={SIGNS[status] ?? 'info'}>{operationLabel(status)}</StatusIndicator>;
}

/** Whether maintenance mode itself works, part by part, and what the scheduled check has found, with remedies. */
export default function HealthPage() {
  const health = useHealth();
  const diagnostics = useAnswer<Diagnostics>('/diagnostics');
  const isAbsent = diagnostics.error instanceof Refusal && diagnostics.error.status === 404;
  return (
    <PageFrame
      title="Health"
      error={health.error}
      busy={health.busy}
      onReload={() => {
        health.reload();
        diagnostics.reload();
      }}
    >
      {health.value !== null && <Components health={health.value} />}
      <Container header={<Header variant="h2">Diagnostics</Header>}>
        {diagnostics.value !== null && <Findings diagnostics={diagnostics.value} />}
        {isAbsent && <Box>This deployment has no scheduled health check yet: nothing more is available.</Box>}
        {diagnostics.error !== null && !isAbsent && <RefusalAlert error={diagnostics.error} />}
      </Container>
    </PageFrame>
  );
}

/** An unhealthy system answers 503, with the same body. */
function useHealth() {
  const answered = useAnswer<Health>('/health');
  const { error } = answered;
  const body = error instanceof Refusal ? (error.problem as unknown as Partial<Health>) : null;
  return body?.components === undefined ? answered : { ...answered, value: body as Health, error: null };
}

function Components({ health }: { readonly health: Health }) {
  return (
    <Container
      header={
        <Header variant="h2" description={`As of ${instant(health.as_of)}`}>
          Components
        </Header>
      }
    >
      <SpaceBetween size="m">
        <div role="status">
          <Sign status={health.status} />
        </div>
        <Table
          variant="embedded"
          wrapLines
          ariaLabels={{ tableLabel: 'Components' }}
          items={Object.entries(health.components).map(([name, component]) => ({ name, ...component }))}
          trackBy="name"
          columnDefinitions={[
            { id: 'name', header: 'Component', isRowHeader: true, cell: ({ name }) => operationLabel(name) },
            { id: 'status', header: 'Status', cell: ({ status }) => <Sign status={status} /> },
            { id: 'message', header: 'What was seen', cell: ({ message }) => message },
            { id: 'latency', header: 'Took', cell: ({ latency_ms: latency }) => `${latency} ms` },
            {
              id: 'age',
              header: 'Age',
              cell: ({ age_ms: age }) => (age === null ? '–' : ago(age / 1000)),
            },
          ]}
        />
      </SpaceBetween>
    </Container>
  );
}

function Findings({ diagnostics }: { readonly diagnostics: Diagnostics }) {
  const { status, as_of: asOf, age_seconds: age, findings, alarms } = diagnostics;
  return (
    <SpaceBetween size="m">
      <Box>
        <Sign status={status} />{' '}
        {age === null ? 'No check is known.' : `As of ${instant(asOf)}, ${ago(age)}.`}
      </Box>
      <Table
        variant="embedded"
        wrapLines
        ariaLabels={{ tableLabel: 'Findings' }}
        items={[...findings]}
        trackBy="check"
        empty="Nothing was found."
        columnDefinitions={[
          { id: 'section', header: 'Section', cell: (finding) => operationLabel(finding.section) },
          {
            id: 'check',
            header: 'Check',
            isRowHeader: true,
            cell: (finding) => operationLabel(finding.check),
          },
          { id: 'status', header: 'Status', cell: (finding) => <Sign status={finding.status} /> },
          { id: 'seen', header: 'What was seen', cell: (finding) => <AsGiven>{finding.seen}</AsGiven> },
          {
            id: 'remedy',
            header: 'What to do',
            cell: (finding) => <AsGiven>{finding.remedy ?? '–'}</AsGiven>,
          },
        ]}
      />
      <Table
        variant="embedded"
        wrapLines
        ariaLabels={{ tableLabel: 'Alarms' }}
        items={[...(alarms ?? [])]}
        trackBy="name"
        empty={alarms === null ? 'The alarms could not be asked for.' : 'There are no alarms.'}
        columnDefinitions={[
          { id: 'name', header: 'Alarm', isRowHeader: true, cell: ({ name }) => name },
          { id: 'state', header: 'State', cell: ({ state }) => <Sign status={state} /> },
          { id: 'severity', header: 'Severity', cell: ({ severity }) => operationLabel(severity) },
        ]}
      />
    </SpaceBetween>
  );
}
