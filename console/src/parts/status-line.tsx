import Alert from '@cloudscape-design/components/alert';
import Box from '@cloudscape-design/components/box';
import StatusIndicator from '@cloudscape-design/components/status-indicator';
import { explain } from '../api/refusal.ts';
import type { Status } from '../api/types.ts';
import { ago, instant, modeLabel } from '../logic/format.ts';
import { useNow, useStatus } from '../status/status.tsx';
import { AsGiven } from './as-given.tsx';

/** The mode in a word, with a sign beside the colour. */
export function ModeIndicator({ status }: { readonly status: Status }) {
  const type = !status.is_active
    ? 'success'
    : ({ normal: 'warning', emergency: 'error', test: 'info' } as const)[status.mode];
  return <StatusIndicator type={type}>{modeLabel(status)}</StatusIndicator>;
}

/**
 * The mode, on every page, and how old it is where the API cannot be reached. A change is read out by screen readers;
 * the age, which changes each second, is not.
 */
export function StatusLine() {
  const { value } = useStatus();
  return (
    <div>
      <Box>
        <div role="status" className="status-line">
          {value === null ? (
            <StatusIndicator type="loading">Looking at the state of maintenance</StatusIndicator>
          ) : (
            <>
              <ModeIndicator status={value} />
              {value.is_active && <AsGiven>{value.reason ?? ''}</AsGiven>}
              {value.estimated_completion !== null && (
                <span>Planned end: {instant(value.estimated_completion)}</span>
              )}
            </>
          )}
        </div>
      </Box>
      <Unreached />
    </div>
  );
}

/** What cannot be reached, and how old what is shown is. */
function Unreached() {
  const { value, failure, failingSince, seenAt } = useStatus();
  const now = useNow();
  const isOld = value?.state_source === 'last_known';
  if (failure === null && !isOld) return null;
  const age = seenAt === null ? null : (now - seenAt) / 1000;
  return (
    <Box margin={{ top: 'xs' }}>
      <div role="alert">
        <Alert type="warning" statusIconAriaLabel="Warning">
          {failure === null
            ? 'The event log cannot be read at the moment: the API shows the last state that it knows. Changes are refused until the log is back.'
            : `The status cannot be read: ${explain(failure).message}`}
        </Alert>
      </div>
      {failure !== null && (
        <Box color="text-body-secondary" padding={{ top: 'xxs' }}>
          {age === null
            ? 'No state has been seen yet.'
            : `What you see is the last known state, ${ago(age)}. The console goes on trying.`}{' '}
          {failingSince !== null && `Without an answer for ${Math.round((now - failingSince) / 1000)} s.`}
        </Box>
      )}
    </Box>
  );
}
