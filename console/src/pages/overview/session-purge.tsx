import Box from '@cloudscape-design/components/box';
import Container from '@cloudscape-design/components/container';
import Header from '@cloudscape-design/components/header';
import ProgressBar from '@cloudscape-design/components/progress-bar';
import type { SessionPurge, Status } from '../../api/types.ts';
import { count } from '../../logic/format.ts';

/** How far the deletion of ended sessions is. */
export function SessionPurgePanel({ status }: { readonly status: Status }) {
  return (
    <Container header={<Header variant="h2">Sessions</Header>} fitHeight>
      {status.session_purge === null ? (
        <Box>No sessions have been ended yet.</Box>
      ) : (
        <PurgeProgress purge={status.session_purge} />
      )}
    </Container>
  );
}

export function PurgeProgress({ purge }: { readonly purge: SessionPurge }) {
  const { status, progress, scanned, deleted, kept, unparsable, error } = purge;
  const isOver = status === 'completed';
  return (
    <>
      <ProgressBar
        label={
          {
            pending: 'Waiting to begin',
            running: 'Ending sessions',
            completed: 'Sessions ended',
            failed: 'Not finished; tried again each minute',
          }[status]
        }
        value={isOver ? 100 : Math.round((progress ?? 0) * 100)}
        status={isOver ? 'success' : status === 'failed' ? 'error' : 'in-progress'}
        resultText={
          isOver
            ? `${count(deleted, 'session')} deleted`
            : (error ?? 'The session store gives no good answer.')
        }
        description={`${count(scanned, 'key')} looked at, ${count(deleted, 'session')} deleted, ${kept} kept`}
      />
      {unparsable > 0 && <Box>{count(unparsable, 'session')} could not be read, and count as members’.</Box>}
    </>
  );
}
