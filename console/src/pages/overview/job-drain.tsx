import Box from '@cloudscape-design/components/box';
import Container from '@cloudscape-design/components/container';
import Header from '@cloudscape-design/components/header';
import StatusIndicator from '@cloudscape-design/components/status-indicator';
import type { Job, Page, Status } from '../../api/types.ts';
import { count, operationLabel } from '../../logic/format.ts';
import { AsGiven } from '../../parts/as-given.tsx';
import { useFeed } from '../../status/use-feed.ts';

const INTERVAL = 3000;
/** More are only counted. */
const SHOWN = 10;

/** Whether jobs still hold maintenance back, and which. */
export function JobDrain({ status: { active_jobs_count: active } }: { readonly status: Status }) {
  const running = useFeed<Page<Job>>(`/jobs?status=running&limit=${SHOWN}`, INTERVAL);
  const asked = useFeed<Page<Job>>(`/jobs?status=cancelling&limit=${SHOWN}`, INTERVAL);
  const jobs = [...(asked.value?.items ?? []), ...(running.value?.items ?? [])];
  return (
    <Container header={<Header variant="h2">Jobs</Header>} fitHeight>
      <div role="status">
        {active === null ? (
          <StatusIndicator type="warning">How many jobs run cannot be told at the moment</StatusIndicator>
        ) : active === 0 ? (
          <StatusIndicator type="success">No job runs: ready for maintenance</StatusIndicator>
        ) : (
          <StatusIndicator type="in-progress">{count(active, 'job')} still running</StatusIndicator>
        )}
      </div>
      <ul aria-label="Jobs that hold maintenance back">
        {jobs.map((job) => (
          <li key={job.id}>
            {operationLabel(job.type)} for <AsGiven>{job.owner}</AsGiven>
            {job.progress !== null && `, ${job.progress} %`}
            {job.status === 'cancelling' && ', asked to stop'}{' '}
            <Box variant="code" display="inline">
              {job.id.slice(0, 8)}
            </Box>
          </li>
        ))}
      </ul>
    </Container>
  );
}
