import Button from '@cloudscape-design/components/button';
import Container from '@cloudscape-design/components/container';
import Header from '@cloudscape-design/components/header';
import KeyValuePairs from '@cloudscape-design/components/key-value-pairs';
import Table from '@cloudscape-design/components/table';
import { useState } from 'react';
import { useParams } from 'react-router';
import type { Report } from '../../api/types.ts';
import { eventTitle } from '../../logic/event.ts';
import { duration, instant, operationLabel } from '../../logic/format.ts';
import { AsGiven } from '../../parts/as-given.tsx';
import { PageFrame } from '../../parts/page.tsx';
import { useAnswer } from '../../parts/use-answer.ts';
import { useApi } from '../../session/session.tsx';
import { TestRunResult } from './test-run.tsx';

/** What one maintenance, emergency or test run came to; also as a file. */
export function ReportPage() {
  const { id = '' } = useParams();
  const path = `/reports/${encodeURIComponent(id)}`;
  const { value: report, error, busy, reload } = useAnswer<Report>(path);
  const api = useApi();
  const [failure, setFailure] = useState<unknown>(null);
  const download = async (format: 'json' | 'markdown') => {
    const type = format === 'json' ? 'application/json' : 'text/markdown';
    try {
      setFailure(null);
      save(
        `report-${id}.${format === 'json' ? 'json' : 'md'}`,
        type,
        await api.text(`${path}?format=${format}`, type),
      );
    } catch (reason) {
      setFailure(reason);
    }
  };
  return (
    <PageFrame
      title="Report"
      error={error ?? failure}
      onReload={reload}
      busy={busy}
      actions={
        <>
          <Button onClick={() => download('json')}>Download JSON</Button>
          <Button onClick={() => download('markdown')}>Download Markdown</Button>
        </>
      }
    >
      {report !== null && <Contents report={report} />}
    </PageFrame>
  );
}

function save(name: string, type: string, text: string): void {
  const url = URL.createObjectURL(new Blob([text], { type }));
  const link = document.createElement('a');
  link.href = url;
  link.download = name;
  link.click();
  URL.revokeObjectURL(url);
}

function Contents({ report }: { readonly report: Report }) {
  const { attempts, sessions, jobs, emergencies, timeline, plan } = report;
  return (
    <>
      <Container header={<Header variant="h2">Summary</Header>}>
        <KeyValuePairs
          columns={3}
          items={[
            { label: 'Reason', value: <AsGiven>{report.reason}</AsGiven> },
            {
              label: 'Begun',
              value: (
                <>
                  {instant(report.started_at)}, by <AsGiven>{report.started_by}</AsGiven>
                </>
              ),
            },
            {
              label: 'Ended',
              value:
                report.ended_at === null ? (
                  'It goes on'
                ) : (
                  <>
                    {instant(report.ended_at)}, by <AsGiven>{report.ended_by ?? 'nobody'}</AsGiven>
                  </>
                ),
            },
            { label: 'Took', value: duration(report.duration) },
            {
              label: 'Planned',
              value: plan.final.duration === null ? 'no end' : duration(plan.final.duration),
            },
            {
              label: 'Against the plan',
              value:
                plan.overrun === null
                  ? '–'
                  : `${duration(Math.abs(plan.overrun))} ${plan.overrun > 0 ? 'longer' : 'shorter'}`,
            },
            {
              label: 'Blocked calls',
              value:
                attempts === null
                  ? 'not known'
                  : `${attempts.blocked.total}, of ${attempts.blocked.clients} clients`,
            },
            { label: 'Calls of admins let through', value: attempts?.bypasses.total ?? 'not known' },
            {
              label: 'Sessions ended',
              value: `${sessions.ended}${sessions.pending ? ', and more to come' : ''}`,
            },
            {
              label: 'Jobs',
              value:
                jobs === null
                  ? 'no drain'
                  : `${jobs.drained} drained, ${jobs.terminated} terminated, ${jobs.lost} lost, ${jobs.left} left`,
            },
          ]}
        />
      </Container>
      {report.test_run !== null && <TestRunResult run={report.test_run} />}
      {attempts !== null && attempts.blocked.by_type.length > 0 && (
        <Table
          header={<Header variant="h2">Blocked calls by type</Header>}
          ariaLabels={{ tableLabel: 'Blocked calls by type' }}
          items={[...attempts.blocked.by_type]}
          trackBy="operation_type"
          columnDefinitions={[
            {
              id: 'type',
              header: 'Operation type',
              isRowHeader: true,
              cell: (item) => operationLabel(item.operation_type),
            },
            { id: 'calls', header: 'Calls', cell: (item) => item.calls },
            { id: 'last', header: 'Last one', cell: (item) => instant(item.last_call) },
          ]}
        />
      )}
      {emergencies.map((emergency) => (
        <Table
          key={emergency.declared_at}
          wrapLines
          header={
            <Header
              variant="h2"
              description={`${operationLabel(emergency.trigger)} by ${emergency.declared_by}: ${emergency.reason}. It took ${duration(emergency.duration)}; ${operationLabel(emergency.recovery).toLowerCase()}.`}
            >
              Emergency of {instant(emergency.declared_at)}
            </Header>
          }
          ariaLabels={{ tableLabel: 'Steps of the emergency' }}
          items={[...emergency.steps]}
          trackBy="step"
          columnDefinitions={[
            { id: 'step', header: 'Step', isRowHeader: true, cell: ({ step }) => operationLabel(step) },
            { id: 'outcome', header: 'Outcome', cell: ({ outcome }) => operationLabel(outcome) },
            { id: 'at', header: 'When', cell: ({ at }) => instant(at) },
            { id: 'error', header: 'Error', cell: ({ error }) => <AsGiven>{error ?? '–'}</AsGiven> },
          ]}
        />
      ))}
      <Table
        header={<Header variant="h2">Timeline</Header>}
        wrapLines
        ariaLabels={{ tableLabel: 'Timeline' }}
        items={[...timeline]}
        trackBy={({ number }) => String(number)}
        columnDefinitions={[
          { id: 'at', header: 'When', cell: ({ at }) => instant(at) },
          {
            id: 'what',
            header: 'What',
            isRowHeader: true,
            cell: ({ type }) => eventTitle({ type, details: {} }),
          },
          { id: 'by', header: 'By', cell: ({ by }) => <AsGiven>{by}</AsGiven> },
          { id: 'why', header: 'Reason', cell: ({ reason }) => <AsGiven>{reason ?? '–'}</AsGiven> },
        ]}
      />
    </>
  );
}
