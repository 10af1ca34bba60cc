import Box from '@cloudscape-design/components/box';
import Button from '@cloudscape-design/components/button';
import FormField from '@cloudscape-design/components/form-field';
import Input from '@cloudscape-design/components/input';
import SegmentedControl from '@cloudscape-design/components/segmented-control';
import SpaceBetween from '@cloudscape-design/components/space-between';
import StatusIndicator, { type StatusIndicatorProps } from '@cloudscape-design/components/status-indicator';
import { useState } from 'react';
import type { Job, TerminatedJobs } from '../api/types.ts';
import { count, instant, operationLabel } from '../logic/format.ts';
import { AsGiven } from '../parts/as-given.tsx';
import { Confirm } from '../parts/confirm.tsx';
import { ListTable } from '../parts/list.tsx';
import { PageFrame } from '../parts/page.tsx';
import { usePages } from '../parts/use-pages.ts';

const SIGNS: Readonly<Record<Job['status'], StatusIndicatorProps.Type>> = {
  running: 'in-progress',
  cancelling: 'pending',
  completed: 'success',
  failed: 'error',
  terminated: 'stopped',
  lost: 'warning',
};

/** The registry of jobs: what runs, what became of the rest, and how to stop it or do it again. */
export default function Jobs() {
  const [status, setStatus] = useState('all');
  const pages = usePages<Job>(`/jobs?limit=50${status === 'all' ? '' : `&status=${status}`}`);
  const [selected, setSelected] = useState<readonly Job[]>([]);
  const [isTerminating, setIsTerminating] = useState(false);
  const [requeued, setRequeued] = useState<Job | null>(null);
  const [done, setDone] = useState<string | null>(null);
  const finish = (message: string) => {
    setIsTerminating(false);
    setRequeued(null);
    setSelected([]);
    setDone(message);
    pages.reload();
  };
  return (
    <PageFrame
      title="Jobs"
      actions={
        <Button onClick={() => setIsTerminating(true)}>
          {selected.length === 0 ? 'Terminate all' : `Terminate ${count(selected.length, 'job')}`}
        </Button>
      }
    >
      <div role="status">{done !== null && <StatusIndicator type="success">{done}</StatusIndicator>}</div>
      <SegmentedControl
        label="Jobs that are"
        selectedId={status}
        onChange={({ detail }) => setStatus(detail.selectedId)}
        options={['all', ...Object.keys(SIGNS)].map((id) => ({ id, text: operationLabel(id) }))}
      />
      <ListTable
        title="Jobs"
        pages={pages}
        trackBy="id"
        empty="There is no such job."
        selected={selected}
        onSelect={setSelected}
        nameOf={({ type, id }) => `${type} ${id.slice(0, 8)}`}
        columns={[
          { id: 'type', header: 'Job', isRowHeader: true, cell: (job) => operationLabel(job.type) },
          { id: 'owner', header: 'For', cell: (job) => <AsGiven>{job.owner}</AsGiven> },
          {
            id: 'status',
            header: 'Status',
            cell: (job) => (
              <StatusIndicator type={SIGNS[job.status]}>{operationLabel(job.status)}</StatusIndicator>
            ),
          },
          {
            id: 'progress',
            header: 'Progress',
            cell: (job) => (
              <>
                {job.progress === null ? '–' : `${job.progress} %`}{' '}
                <AsGiven>{job.step ?? job.error ?? ''}</AsGiven>
              </>
            ),
          },
          { id: 'begun', header: 'Begun', cell: (job) => instant(job.started_at) },
          { id: 'seen', header: 'Last heard of', cell: (job) => instant(job.last_seen_at) },
          {
            id: 'requeue',
            header: 'Requeue',
            cell: (job) =>
              job.requeued_at !== null ? (
                'Requeued'
              ) : job.status === 'terminated' || job.status === 'lost' ? (
                <Button
                  variant="inline-link"
                  onClick={() => setRequeued(job)}
                  ariaLabel={`Requeue ${job.type} ${job.id.slice(0, 8)}`}
                >
                  Requeue
                </Button>
              ) : (
                '–'
              ),
          },
        ]}
      />
      {isTerminating && (
        <Terminate
          jobs={selected}
          onClose={() => setIsTerminating(false)}
          onDone={({ asked, terminated, failed_count: failed }) =>
            finish(`${count(asked, 'job')} asked to stop, ${terminated} terminated, ${failed} failed.`)
          }
        />
      )}
      {requeued !== null && (
        <Confirm<Job>
          header="Do it again?"
          button="Requeue"
          call={{ method: 'POST', path: `/jobs/${requeued.id}/requeue`, body: {} }}
          onClose={() => setRequeued(null)}
          onDone={() => finish('The job was requeued.')}
        >
          Whoever listens to the event bus is told to do the job {requeued.id.slice(0, 8)} again. That happens
          once.
        </Confirm>
      )}
    </PageFrame>
  );
}

function Terminate({
  jobs,
  onClose,
  onDone,
}: {
  readonly jobs: readonly Job[];
  readonly onClose: () => void;
  readonly onDone: (answer: TerminatedJobs) => void;
}) {
  const [grace, setGrace] = useState('10');
  const isAll = jobs.length === 0;
  const body = {
    grace_period: grace.trim() === '' ? grace : Number(grace),
    ...(isAll ? {} : { ids: jobs.map(({ id }) => id) }),
  };
  return (
    <Confirm<TerminatedJobs>
      header={isAll ? 'Terminate all jobs?' : `Terminate ${count(jobs.length, 'job')}?`}
      button="Terminate"
      call={{ method: 'POST', path: '/jobs/terminate', body }}
      onClose={onClose}
      onDone={onDone}
    >
      <SpaceBetween size="m">
        <Box>They are asked to stop; those that have not when the grace period is over are terminated.</Box>
        <FormField label="Grace period, seconds" constraintText="0 to 900">
          <Input value={grace} inputMode="numeric" onChange={({ detail }) => setGrace(detail.value)} />
        </FormField>
      </SpaceBetween>
    </Confirm>
  );
}
