import Box from '@cloudscape-design/components/box';
import Container from '@cloudscape-design/components/container';
import ExpandableSection from '@cloudscape-design/components/expandable-section';
import Header from '@cloudscape-design/components/header';
import ProgressBar from '@cloudscape-design/components/progress-bar';
import SpaceBetween from '@cloudscape-design/components/space-between';
import StatusIndicator from '@cloudscape-design/components/status-indicator';
import Table from '@cloudscape-design/components/table';
import type { TestRun } from '../../api/types.ts';
import { methods, operationLabel } from '../../logic/format.ts';

/** What a test run has shown, and what it has never seen. */
export function TestRunResult({ run }: { readonly run: TestRun }) {
  const { verdict, calls, coverage, by_type: byType, unclassified } = run;
  const { exercised, total, never } = coverage.rules;
  return (
    <Container header={<Header variant="h2">Test run</Header>}>
      <SpaceBetween size="m">
        <StatusIndicator type={verdict.result === 'pass' ? 'success' : 'warning'}>
          {verdict.result === 'pass' ? 'Passed' : 'Incomplete'}
        </StatusIndicator>
        {verdict.reasons.length > 0 && (
          <Box>
            <ul>
              {verdict.reasons.map((reason) => (
                <li key={reason}>{reason}</li>
              ))}
            </ul>
          </Box>
        )}
        <Box>
          {calls.total} calls: {calls.would_block} would have been blocked, {calls.would_allow} allowed.
        </Box>
        <ProgressBar
          label="Rules that were exercised"
          value={total === 0 ? 0 : Math.round((exercised / total) * 100)}
          description={`${exercised} of ${total}`}
        />
        <Table
          variant="embedded"
          ariaLabels={{ tableLabel: 'Calls by operation type' }}
          items={[...byType]}
          trackBy="operation_type"
          empty="No call was seen."
          columnDefinitions={[
            {
              id: 'type',
              header: 'Operation type',
              isRowHeader: true,
              cell: (item) => operationLabel(item.operation_type),
            },
            { id: 'block', header: 'Would be blocked', cell: (item) => item.would_block },
            { id: 'allow', header: 'Would be allowed', cell: (item) => item.would_allow },
          ]}
        />
        <Box>Types never exercised: {coverage.types.never.map(operationLabel).join(', ') || 'none'}.</Box>
        <ExpandableSection headerText={`Rules never exercised (${never.length})`}>
          <Box>
            <ul>
              {never.map(({ method, path, operation_type: type }) => (
                <li key={`${methods(method)} ${path}`}>
                  {methods(method)} {path}: {operationLabel(type)}
                </li>
              ))}
            </ul>
          </Box>
        </ExpandableSection>
        {unclassified.paths.length > 0 && (
          <Table
            variant="embedded"
            header={<Header variant="h3">Paths that no rule covers</Header>}
            ariaLabels={{ tableLabel: 'Paths that no rule covers' }}
            items={[...unclassified.paths]}
            trackBy={({ method, path }) => `${method} ${path}`}
            columnDefinitions={[
              {
                id: 'path',
                header: 'Call',
                isRowHeader: true,
                cell: ({ method, path }) => `${method} ${path}`,
              },
              { id: 'calls', header: 'Calls', cell: (item) => item.calls },
            ]}
          />
        )}
      </SpaceBetween>
    </Container>
  );
}
