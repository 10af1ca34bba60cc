import Alert from '@cloudscape-design/components/alert';
import Box from '@cloudscape-design/components/box';
import Button from '@cloudscape-design/components/button';
import ColumnLayout from '@cloudscape-design/components/column-layout';
import Container from '@cloudscape-design/components/container';
import Header from '@cloudscape-design/components/header';
import KeyValuePairs from '@cloudscape-design/components/key-value-pairs';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { lazy, Suspense, useState } from 'react';
import { useLocation } from 'react-router';
import type { Status } from '../api/types.ts';
import { clock, duration, instant, modeLabel, operationLabel } from '../logic/format.ts';
import { AsGiven } from '../parts/as-given.tsx';
import { ModeIndicator } from '../parts/status-line.tsx';
import { useGo } from '../parts/use-go.ts';
import { useApiNow, useStatus } from '../status/status.tsx';
import { EndMaintenance } from './overview/end-maintenance.tsx';
import { JobDrain } from './overview/job-drain.tsx';
import { SessionPurgePanel } from './overview/session-purge.tsx';

const BlockedCalls = lazy(() => import('./overview/blocked-calls.tsx'));

/** What goes on now, and what can be done about it. */
export default function Overview() {
  const { value: status } = useStatus();
  if (status === null) return <Box>The state has not been seen yet.</Box>;
  return (
    <SpaceBetween size="l">
      <Warnings />
      <State status={status} />
      {status.is_active && status.mode !== 'test' && (
        <>
          <Container header={<Header variant="h2">Blocked calls</Header>}>
            <Suspense fallback={<Box>Loading the chart…</Box>}>
              <BlockedCalls key={status.started_at} />
            </Suspense>
          </Container>
          <ColumnLayout columns={2}>
            <SessionPurgePanel status={status} />
            <JobDrain status={status} />
          </ColumnLayout>
        </>
      )}
    </SpaceBetween>
  );
}

/** What the API said to a command that it carried out. */
function Warnings() {
  const { state } = useLocation();
  const [isOpen, setIsOpen] = useState(true);
  const warnings: readonly string[] = state?.warnings ?? [];
  if (!isOpen || warnings.length === 0) return null;
  return (
    <Alert
      type="warning"
      statusIconAriaLabel="Warning"
      header="Done, but note"
      dismissible
      dismissAriaLabel="Close the note"
      onDismiss={() => setIsOpen(false)}
    >
      <ul>
        {warnings.map((warning) => (
          <li key={warning}>{warning}</li>
        ))}
      </ul>
    </Alert>
  );
}

function State({ status }: { readonly status: Status }) {
  const [ending, setEnding] = useState<'disable' | 'deescalate' | null>(null);
  return (
    <>
      <Container
        header={
          <Header variant="h1" actions={<Actions status={status} onEnd={setEnding} />}>
            {modeLabel(status)}
          </Header>
        }
      >
        {status.is_active ? <Active status={status} /> : <Inactive status={status} />}
      </Container>
      {ending !== null && <EndMaintenance what={ending} onClose={() => setEnding(null)} />}
    </>
  );
}

function Actions({
  status,
  onEnd,
}: {
  readonly status: Status;
  readonly onEnd: (what: 'disable' | 'deescalate') => void;
}) {
  const go = useGo();
  if (!status.is_active) {
    return (
      <SpaceBetween direction="horizontal" size="xs">
        <Button onClick={() => go('/emergency')}>Declare an emergency</Button>
        <Button variant="primary" onClick={() => go('/enable')}>
          Start maintenance
        </Button>
      </SpaceBetween>
    );
  }
  return (
    <SpaceBetween direction="horizontal" size="xs">
      {status.mode === 'test' ? null : <Button onClick={() => go('/change')}>Change</Button>}
      {status.mode === 'emergency' ? (
        <Button onClick={() => onEnd('deescalate')}>De-escalate</Button>
      ) : (
        <Button onClick={() => go('/emergency')}>Escalate to emergency</Button>
      )}
      <Button variant="primary" onClick={() => onEnd('disable')}>
        {status.mode === 'test' ? 'End test run' : 'End maintenance'}
      </Button>
    </SpaceBetween>
  );
}

function Active({ status }: { readonly status: Status }) {
  const now = useApiNow();
  const blocked = status.mode === 'test' ? status.simulated_operations : status.blocked_operations;
  return (
    <KeyValuePairs
      columns={3}
      items={[
        { label: 'Mode', value: <ModeIndicator status={status} /> },
        { label: 'Time left', value: <Countdown end={status.estimated_completion} now={now} /> },
        { label: 'By', value: <AsGiven>{status.enabled_by ?? 'not told'}</AsGiven> },
        { label: 'Reason', value: <AsGiven>{status.reason ?? ''}</AsGiven> },
        {
          label: 'Since',
          value:
            status.started_at === null
              ? '–'
              : `${instant(status.started_at)} (${duration((now - Date.parse(status.started_at)) / 1000)})`,
        },
        { label: 'Planned end', value: instant(status.estimated_completion) },
        { label: 'Ends', value: status.auto_end ? 'by itself at its end' : 'when somebody ends it' },
        {
          label: status.mode === 'test' ? 'Would be blocked' : 'Blocked',
          value: blocked.map(operationLabel).join(', ') || 'nothing',
        },
        { label: 'Next window', value: <NextWindow status={status} /> },
        { label: 'Version', value: status.version },
      ]}
    />
  );
}

function Inactive({ status }: { readonly status: Status }) {
  return (
    <KeyValuePairs
      columns={3}
      items={[
        { label: 'Mode', value: <ModeIndicator status={status} /> },
        { label: 'Next window', value: <NextWindow status={status} /> },
        { label: 'Version', value: status.version },
      ]}
    />
  );
}

function Countdown({ end, now }: { readonly end: string | null; readonly now: number }) {
  if (end === null) return <>No end is planned</>;
  const left = (Date.parse(end) - now) / 1000;
  // A timer that screen readers tell when they are asked, not each second.
  return (
    <span role="timer" aria-live="off" className="countdown">
      {left > 0 ? clock(left) : `Overdue by ${duration(-left)}`}
    </span>
  );
}

function NextWindow({ status: { next_window: next } }: { readonly status: Status }) {
  if (next === null) return <>None scheduled</>;
  return (
    <>
      {instant(next.starts_at)} <AsGiven>{next.reason}</AsGiven>
    </>
  );
}
