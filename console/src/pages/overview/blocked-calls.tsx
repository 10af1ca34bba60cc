import Box from '@cloudscape-design/components/box';
import LineChart from '@cloudscape-design/components/line-chart';
import SpaceBetween from '@cloudscape-design/components/space-between';
import Table from '@cloudscape-design/components/table';
import { useEffect, useState } from 'react';
import type { BlockedOperations } from '../../api/types.ts';
import { type Sample, STRETCH, sampleOf, seriesOf, withSample } from '../../logic/blocked-series.ts';
import { count, instant, operationLabel } from '../../logic/format.ts';
import { RefusalAlert } from '../../parts/refusal-alert.tsx';
import { useFeed } from '../../status/use-feed.ts';

const INTERVAL = 3000;
const TIME = new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit', second: '2-digit' });

/** Blocked calls by type over time, as far as this page has watched, with the totals as a table. */
export default function BlockedCalls() {
  const { value, seenAt, failure } = useFeed<BlockedOperations>('/blocked-operations', INTERVAL);
  const [samples, setSamples] = useState<readonly Sample[]>([]);
  useEffect(() => {
    if (value !== null && seenAt !== null) setSamples((known) => withSample(known, sampleOf(value, seenAt)));
  }, [value, seenAt]);
  if (value === null)
    return failure === null ? <Box>Reading the counts…</Box> : <RefusalAlert error={failure} />;

  const series = seriesOf(samples);
  const points = [...series.values()].flat();
  const most = Math.max(4, ...points.map(({ y }) => y));
  return (
    <SpaceBetween size="m">
      {value.counts_source !== 'activity_table' && (
        <Box color="text-status-warning">
          {value.counts_source === 'last_known'
            ? 'The counts cannot be read at the moment: these are the last known ones.'
            : 'The counts cannot be read at the moment.'}
        </Box>
      )}
      {points.length === 0 ? (
        <Box>No call has been blocked yet.</Box>
      ) : (
        <LineChart
          ariaLabel="Blocked calls by operation type over time"
          ariaDescription={`Each point is the number of calls blocked within ${STRETCH / 1000} seconds. The table below has the totals.`}
          height={200}
          hideFilter
          xScaleType="time"
          xTitle="Time"
          yTitle={`Calls per ${STRETCH / 1000} s`}
          yDomain={[0, most]}
          i18nStrings={{ xTickFormatter: (date) => TIME.format(date) }}
          series={[...series].map(([type, data]) => ({
            type: 'line',
            title: operationLabel(type),
            data: [...data],
          }))}
        />
      )}
      <Table
        variant="embedded"
        items={[...value.items]}
        trackBy="operation_type"
        wrapLines
        ariaLabels={{ tableLabel: 'Blocked calls by operation type' }}
        columnDefinitions={[
          {
            id: 'type',
            header: 'Operation type',
            isRowHeader: true,
            cell: (item) => operationLabel(item.operation_type),
          },
          { id: 'count', header: 'Blocked calls', cell: (item) => item.attempt_count ?? 'unknown' },
          { id: 'last', header: 'Last one', cell: (item) => instant(item.last_attempt) },
        ]}
      />
      <Box>
        {value.totals.attempt_count !== null &&
          `${count(value.totals.attempt_count, 'call')} blocked in all, of ${count(value.totals.client_count ?? 0, 'client')}.`}
      </Box>
    </SpaceBetween>
  );
}
