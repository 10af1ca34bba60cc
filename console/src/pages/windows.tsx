import Button from '@cloudscape-design/components/button';
import SpaceBetween from '@cloudscape-design/components/space-between';
import StatusIndicator from '@cloudscape-design/components/status-indicator';
import { useState } from 'react';
import type { MaintenanceWindow } from '../api/types.ts';
import { duration, instant, operationLabel } from '../logic/format.ts';
import { AsGiven } from '../parts/as-given.tsx';
import { Confirm } from '../parts/confirm.tsx';
import { ListTable } from '../parts/list.tsx';
import { PageFrame } from '../parts/page.tsx';
import { usePages } from '../parts/use-pages.ts';
import { MonthView } from './windows/month-view.tsx';
import { WindowForm } from './windows/window-form.tsx';

/** The scheduled windows, as a calendar and as a list. */
export default function Windows() {
  const pages = usePages<MaintenanceWindow>('/windows?limit=100');
  const [form, setForm] = useState<'new' | MaintenanceWindow | null>(null);
  const [cancelled, setCancelled] = useState<MaintenanceWindow | null>(null);
  const finish = () => {
    setForm(null);
    setCancelled(null);
    pages.reload();
  };
  return (
    <PageFrame
      title="Windows"
      description="Maintenance and test runs that begin and end by themselves."
      actions={
        <Button variant="primary" onClick={() => setForm('new')}>
          Schedule a window
        </Button>
      }
    >
      {form !== null && (
        <WindowForm
          key={form === 'new' ? 'new' : form.id}
          window={form === 'new' ? null : form}
          onDone={finish}
          onClose={() => setForm(null)}
        />
      )}
      <MonthView windows={pages.items ?? []} />
      <ListTable
        title="Scheduled windows"
        pages={pages}
        trackBy="id"
        empty="No window is scheduled."
        columns={[
          {
            id: 'reason',
            header: 'Reason',
            isRowHeader: true,
            cell: (window) => <AsGiven>{window.reason}</AsGiven>,
          },
          {
            id: 'status',
            header: 'Status',
            cell: ({ status }) => (
              <StatusIndicator
                type={status === 'running' ? 'in-progress' : status === 'cancelled' ? 'stopped' : 'pending'}
              >
                {operationLabel(status)}
              </StatusIndicator>
            ),
          },
          { id: 'mode', header: 'Kind', cell: ({ mode }) => (mode === 'test' ? 'Test run' : 'Maintenance') },
          {
            id: 'next',
            header: 'Next times',
            cell: ({ next, starts_at: start }) => (
              <ul className="plain">
                {(next.length > 0 ? next : [{ starts_at: start }]).map((time) => (
                  <li key={time.starts_at}>{instant(time.starts_at)}</li>
                ))}
              </ul>
            ),
          },
          { id: 'length', header: 'Length', cell: (window) => duration(window.duration) },
          {
            id: 'recurs',
            header: 'Recurs',
            cell: ({ rrule, timezone }) => (rrule === null ? 'once' : `${rrule} (${timezone})`),
          },
          { id: 'by', header: 'By', cell: ({ scheduled_by: by }) => <AsGiven>{by}</AsGiven> },
          {
            id: 'actions',
            header: 'Actions',
            cell: (window) => (
              <SpaceBetween direction="horizontal" size="xs">
                <Button
                  variant="inline-link"
                  ariaLabel={`Change ${window.reason}`}
                  onClick={() => setForm(window)}
                >
                  Change
                </Button>
                <Button
                  variant="inline-link"
                  ariaLabel={`Cancel ${window.reason}`}
                  onClick={() => setCancelled(window)}
                >
                  Cancel
                </Button>
              </SpaceBetween>
            ),
          },
        ]}
      />
      {cancelled !== null && (
        <Confirm
          header="Cancel the window?"
          button="Cancel the window"
          call={{ method: 'DELETE', path: `/windows/${cancelled.id}` }}
          onClose={() => setCancelled(null)}
          onDone={finish}
        >
          <AsGiven>{cancelled.reason}</AsGiven>: all its times to come are off.
        </Confirm>
      )}
    </PageFrame>
  );
}
