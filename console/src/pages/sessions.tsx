import Box from '@cloudscape-design/components/box';
import Button from '@cloudscape-design/components/button';
import Checkbox from '@cloudscape-design/components/checkbox';
import Container from '@cloudscape-design/components/container';
import Header from '@cloudscape-design/components/header';
import KeyValuePairs from '@cloudscape-design/components/key-value-pairs';
import SegmentedControl from '@cloudscape-design/components/segmented-control';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { useState } from 'react';
import type { Session, SessionStatistics } from '../api/types.ts';
import { duration, instant } from '../logic/format.ts';
import { AsGiven } from '../parts/as-given.tsx';
import { Confirm } from '../parts/confirm.tsx';
import { ListTable } from '../parts/list.tsx';
import { PageFrame } from '../parts/page.tsx';
import { useAnswer } from '../parts/use-answer.ts';
import { usePages } from '../parts/use-pages.ts';
import { useStatus } from '../status/status.tsx';
import { PurgeProgress } from './overview/session-purge.tsx';

/** The application's sessions: how many, whose, how old; and their end. */
export default function Sessions() {
  const statistics = useAnswer<SessionStatistics>('/sessions/statistics');
  const [role, setRole] = useState('all');
  const pages = usePages<Session>(`/sessions?limit=50${role === 'all' ? '' : `&role=${role}`}`);
  const [isEnding, setIsEnding] = useState(false);
  const { value: status } = useStatus();
  return (
    <PageFrame
      title="Sessions"
      error={statistics.error}
      onReload={statistics.reload}
      busy={statistics.busy}
      actions={
        <Button variant="primary" onClick={() => setIsEnding(true)}>
          End sessions
        </Button>
      }
    >
      {status?.session_purge && (
        <Container header={<Header variant="h2">Newest purge</Header>}>
          <PurgeProgress purge={status.session_purge} />
        </Container>
      )}
      {statistics.value !== null && <Numbers statistics={statistics.value} />}
      <SegmentedControl
        label="Sessions of"
        selectedId={role}
        onChange={({ detail }) => setRole(detail.selectedId)}
        options={[
          { id: 'all', text: 'Everybody' },
          { id: 'member', text: 'Members' },
          { id: 'worker', text: 'Workers' },
          { id: 'admin', text: 'Admins' },
        ]}
      />
      <ListTable
        title="Sessions"
        pages={pages}
        trackBy="id"
        empty="No session is there."
        columns={[
          {
            id: 'id',
            header: 'Begins with',
            isRowHeader: true,
            cell: ({ id }) => <Box variant="code">{id}</Box>,
          },
          {
            id: 'user',
            header: 'User',
            cell: ({ user }) => (user === null ? 'not told' : <AsGiven>{user}</AsGiven>),
          },
          {
            id: 'role',
            header: 'Role',
            cell: (item) => (item.readable ? item.role : `${item.role} (unreadable)`),
          },
          { id: 'begun', header: 'Begun', cell: (item) => instant(item.created_at) },
          {
            id: 'age',
            header: 'Age',
            cell: (item) => (item.age_seconds === null ? '–' : duration(item.age_seconds)),
          },
          {
            id: 'expires',
            header: 'Expires in',
            cell: (item) =>
              item.expires_in_seconds === null ? 'never by itself' : duration(item.expires_in_seconds),
          },
        ]}
      />
      {isEnding && (
        <EndSessions
          onClose={() => setIsEnding(false)}
          onDone={() => {
            setIsEnding(false);
            pages.reload();
            statistics.reload();
          }}
        />
      )}
    </PageFrame>
  );
}

function EndSessions({ onClose, onDone }: { readonly onClose: () => void; readonly onDone: () => void }) {
  const [all, setAll] = useState(false);
  return (
    <Confirm
      header="End sessions?"
      button="End them"
      call={{ method: 'POST', path: '/sessions/purge', body: { all } }}
      onClose={onClose}
      onDone={onDone}
    >
      <SpaceBetween size="m">
        <Box>
          Members and workers have to sign in again. They are worth nothing at the gateway at once, and
          deleted after that.
        </Box>
        <Checkbox checked={all} onChange={({ detail }) => setAll(detail.checked)}>
          Admins’ sessions too, but for mine
        </Checkbox>
      </SpaceBetween>
    </Confirm>
  );
}

function Numbers({ statistics }: { readonly statistics: SessionStatistics }) {
  const {
    total,
    by_role: roles,
    by_age: ages,
    exact,
    sampled,
    unreadable,
    without_role: without,
  } = statistics;
  return (
    <Container header={<Header variant="h2">How many</Header>}>
      <KeyValuePairs
        columns={4}
        items={[
          { label: 'All', value: exact ? total : `about ${total} (of ${sampled} looked at)` },
          { label: 'Members', value: roles.member },
          { label: 'Workers', value: roles.worker },
          { label: 'Admins', value: roles.admin },
          { label: 'Under an hour old', value: ages.under_1h },
          { label: 'Under a day', value: ages.under_1d },
          { label: 'Under a week', value: ages.under_7d },
          { label: 'Older, or not told', value: ages.older + ages.unknown },
          { label: 'Unreadable, or without a role', value: unreadable + without },
        ]}
      />
    </Container>
  );
}
