import Link from '@cloudscape-design/components/link';
import SegmentedControl from '@cloudscape-design/components/segmented-control';
import StatusIndicator from '@cloudscape-design/components/status-indicator';
import { useState } from 'react';
import { Route, Routes } from 'react-router';
import type { ReportSummary } from '../api/types.ts';
import { duration, instant } from '../logic/format.ts';
import { AsGiven } from '../parts/as-given.tsx';
import { ListTable } from '../parts/list.tsx';
import { PageFrame } from '../parts/page.tsx';
import { usePages } from '../parts/use-pages.ts';
import { ReportPage } from './reports/report.tsx';

const KINDS: Readonly<Record<ReportSummary['kind'], string>> = {
  maintenance: 'Maintenance',
  emergency: 'Emergency',
  test_run: 'Test run',
};

/** The report of every maintenance, emergency and test run. */
export default function Reports() {
  return (
    <Routes>
      <Route index element={<ReportList />} />
      <Route path=":id" element={<ReportPage />} />
    </Routes>
  );
}

function ReportList() {
  const pages = usePages<ReportSummary>('/reports?limit=20');
  const [kind, setKind] = useState('all');
  const shown = pages.items?.filter((report) => kind === 'all' || report.kind === kind) ?? null;
  return (
    <PageFrame title="Reports and test runs">
      <SegmentedControl
        label="Reports of"
        selectedId={kind}
        onChange={({ detail }) => setKind(detail.selectedId)}
        options={[
          { id: 'all', text: 'Everything' },
          ...Object.entries(KINDS).map(([id, text]) => ({ id, text })),
        ]}
      />
      <ListTable
        title="Reports"
        pages={{ ...pages, items: shown }}
        trackBy="id"
        empty="There is no such report yet."
        columns={[
          {
            id: 'reason',
            header: 'Reason',
            isRowHeader: true,
            cell: ({ id, reason }) => (
              <Link href={`#/reports/${encodeURIComponent(id)}`}>
                <AsGiven>{reason}</AsGiven>
              </Link>
            ),
          },
          { id: 'kind', header: 'Kind', cell: (report) => KINDS[report.kind] },
          {
            id: 'status',
            header: 'Status',
            cell: ({ status }) =>
              status === 'in_progress' ? (
                <StatusIndicator type="in-progress">Goes on</StatusIndicator>
              ) : (
                <StatusIndicator type="success">Completed</StatusIndicator>
              ),
          },
          { id: 'begun', header: 'Begun', cell: (report) => instant(report.started_at) },
          { id: 'duration', header: 'Duration', cell: (report) => duration(report.duration) },
          { id: 'by', header: 'By', cell: (report) => <AsGiven>{report.started_by}</AsGiven> },
        ]}
      />
    </PageFrame>
  );
}
