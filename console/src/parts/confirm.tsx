import Box from '@cloudscape-design/components/box';
import Button from '@cloudscape-design/components/button';
import Modal from '@cloudscape-design/components/modal';
import SpaceBetween from '@cloudscape-design/components/space-between';
import type { ReactNode } from 'react';
import type { Call } from '../api/api.ts';
import { RefusalAlert } from './refusal-alert.tsx';
import { useCommand } from './use-command.ts';

/** Asks once more before a call is made. A refusal is shown where it was asked. */
export function Confirm<T>({
  header,
  button,
  call,
  onDone,
  onClose,
  children,
}: {
  readonly header: string;
  readonly button: string;
  readonly call: Call;
  readonly onDone: (answer: T) => void;
  readonly onClose: () => void;
  readonly children: ReactNode;
}) {
  const { busy, error, run } = useCommand<T>();
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
                const answer = await run(call);
                if (answer !== null) onDone(answer);
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
        <Box>{children}</Box>
      </SpaceBetween>
    </Modal>
  );
}
