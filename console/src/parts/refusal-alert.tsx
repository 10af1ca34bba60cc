import Alert from '@cloudscape-design/components/alert';
import Box from '@cloudscape-design/components/box';
import type { ReactNode } from 'react';
import { explain } from '../api/refusal.ts';

/** Shows why something did not work, and what would. */
export function RefusalAlert({ error, action }: { readonly error: unknown; readonly action?: ReactNode }) {
  const { heading, message, details, wayOut, requestId } = explain(error);
  return (
    <div role="alert">
      <Alert type="error" header={heading} action={action} statusIconAriaLabel="Error">
        {details.length === 0 ? (
          <div>{message}</div>
        ) : (
          <ul>
            {details.map((detail) => (
              <li key={detail}>{detail}</li>
            ))}
          </ul>
        )}
        {wayOut !== null && (
          <Box margin={{ top: 'xs' }}>
            <b>What to do:</b> {wayOut}
          </Box>
        )}
        {requestId !== null && (
          <Box margin={{ top: 'xs' }} color="text-body-secondary" fontSize="body-s">
            Request id {requestId}
          </Box>
        )}
      </Alert>
    </div>
  );
}
