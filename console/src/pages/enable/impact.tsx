import Container from '@cloudscape-design/components/container';
import Header from '@cloudscape-design/components/header';
import KeyValuePairs from '@cloudscape-design/components/key-value-pairs';
import StatusIndicator from '@cloudscape-design/components/status-indicator';
import type { Validation } from '../../api/types.ts';
import { duration, operationLabel } from '../../logic/format.ts';

/** How hard a maintenance would be on people, and why. */
export function Impact({ impact }: { readonly impact: NonNullable<Validation['impact']> }) {
  const { score, level, factors } = impact;
  const type = ({ low: 'success', medium: 'warning', high: 'error' } as const)[level];
  const list = (operations: readonly string[]) => operations.map(operationLabel).join(', ') || 'nothing';
  return (
    <Container header={<Header variant="h2">Impact</Header>}>
      <KeyValuePairs
        columns={3}
        items={[
          {
            label: 'Impact on people',
            value: (
              <StatusIndicator type={type}>
                {operationLabel(level)} ({score} of 100)
              </StatusIndicator>
            ),
          },
          { label: 'Length', value: impact.duration === null ? 'No end known' : duration(impact.duration) },
          { label: 'Members’ sessions', value: impact.ends_sessions ? 'end' : 'stay' },
          ...(impact.simulated_operations.length > 0
            ? [{ label: 'Would be blocked', value: list(impact.simulated_operations) }]
            : [{ label: 'Blocked', value: list(impact.blocked_operations) }]),
          { label: 'Stays open', value: list(impact.open_operations) },
        ]}
      />
      <ul aria-label="What the impact is made of">
        {factors.map(({ factor, points, most, explanation }) => (
          <li key={factor}>
            {explanation} ({points} of {most} points)
          </li>
        ))}
      </ul>
    </Container>
  );
}
