import Alert from '@cloudscape-design/components/alert';
import Box from '@cloudscape-design/components/box';
import Button from '@cloudscape-design/components/button';
import Modal from '@cloudscape-design/components/modal';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { useState } from 'react';
import type { Disabled } from '../../api/types.ts';
import { duration, modeLabel, operationLabel } from '../../logic/format.ts';
import { AsGiven } from '../../parts/as-given.tsx';
import { Confirm } from '../../parts/confirm.tsx';
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
    <Confirm<Disabled>
      header={header}
      button={button}
      call={{ method: 'POST', path: `/${what}`, body: {} }}
      onDone={(answer) => (what === 'disable' ? setEnded(answer) : onClose())}
      onClose={onClose}
    >
      <SpaceBetween size="m">
        {status?.is_active && (
          <Box>
            <b>{modeLabel(status)}</b>, by <AsGiven>{status.enabled_by ?? 'somebody'}</AsGiven>:{' '}
            <AsGiven>{status.reason ?? ''}</AsGiven>
          </Box>
        )}
        <Box>{says}</Box>
      </SpaceBetween>
    </Confirm>
  );
}
