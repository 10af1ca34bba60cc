import Alert from '@cloudscape-design/components/alert';
import Box from '@cloudscape-design/components/box';
import Button from '@cloudscape-design/components/button';
import Modal from '@cloudscape-design/components/modal';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { useState } from 'react';
import type { Disabled } from '../../api/types.ts';
import { duration, modeLabel, operationLabel } from '../../logic/format.ts';
import { AsGiven } from '../../parts/as-given.tsx';
import { RefusalAlert } from '../../parts/refusal-alert.tsx';
import { useCommand } from '../../parts/use-command.ts';
import { useGo } from '../../parts/use-go.ts';
import { useStatus } from '../../status/status.tsx';

const TEXTS = {
  disable: {
    header: 'End the maintenance?',
    button: 'End it',
    says: 'Everything that is blocked is open again, within a second.',
  },
  deescalate: {
    header: 'Go back to normal maintenance?',
    button: 'De-escalate',
    says: 'Reading is open again. The maintenance that the emergency interrupted goes on; one that began as an emergency goes on as a normal maintenance.',
  },
};

/** Asks once more, showing what is about to end, and then what came of it. */
export function EndMaintenance({
  what,
  onClose,
}: {
  readonly what: 'disable' | 'deescalate';
  readonly onClose: () => void;
}) {
  const { value: status } = useStatus();
  const { busy, error, run } = useCommand<Disabled>();
  const [ended, setEnded] = useState<Disabled | null>(null);
  const go = useGo();
  const { header, button, says } = TEXTS[what];
  if (ended !== null) {
    return (
      <Modal
        visible
        onDismiss={onClose}
        closeAriaLabel="Close"
        header="Maintenance has ended"
        footer={
          <Box float="right">
            <SpaceBetween direction="horizontal" size="xs">
              {ended.report_id !== null && (
                <Button onClick={() => go(`/reports/${ended.report_id}`)}>Show the report</Button>
              )}
              <Button variant="primary" onClick={onClose}>
                Close
              </Button>
            </SpaceBetween>
          </Box>
        }
      >
        <Alert type="success" statusIconAriaLabel="Success">
          It took {duration(ended.duration)}. Open again:{' '}
          {ended.operations_resumed.map(operationLabel).join(', ') || 'nothing was blocked'}.
        </Alert>
      </Modal>
    );
  }
  return (
    <Modal
      visible
      onDismiss={onClose}
      closeAriaLabel="Close without a change"
      header={header}
      footer={
        <Box float="right">
          <SpaceBetween direction="horizontal" size="xs">
            <Button variant="link" onClick={onClose}>
              Cancel
            </Button>
            <Button
              variant="primary"
              loading={busy}
              onClick={async () => {
                const answer = await run({ method: 'POST', path: `/${what}`, body: {} });
                if (answer === null) return;
                if (what === 'disable') setEnded(answer);
                else onClose();
              }}
            >
              {button}
            </Button>
          </SpaceBetween>
        </Box>
      }
    >
      <SpaceBetween size="m">
        {error !== null && <RefusalAlert error={error} />}
        {status?.is_active && (
          <Box>
            <b>{modeLabel(status)}</b>, by <AsGiven>{status.enabled_by ?? 'somebody'}</AsGiven>:{' '}
            <AsGiven>{status.reason ?? ''}</AsGiven>
          </Box>
        )}
        <Box>{says}</Box>
      </SpaceBetween>
    </Modal>
  );
}
