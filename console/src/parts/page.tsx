import Button from '@cloudscape-design/components/button';
import Header from '@cloudscape-design/components/header';
import SpaceBetween from '@cloudscape-design/components/space-between';
import type { ReactNode } from 'react';
import { RefusalAlert } from './refusal-alert.tsx';

/** A page of its own: heading, what can be done, why something did not work, and the content. */
export function PageFrame({
  title,
  description,
  actions,
  error = null,
  onReload,
  busy = false,
  children,
}: {
  readonly title: string;
  readonly description?: string;
  readonly actions?: ReactNode;
  readonly error?: unknown;
  readonly onReload?: () => void;
  readonly busy?: boolean;
  readonly children: ReactNode;
}) {
  return (
    <SpaceBetween size="l">
      <Header
        variant="h1"
        description={description}
        actions={
          <SpaceBetween direction="horizontal" size="xs">
            {onReload && (
              <Button iconName="refresh" ariaLabel="Load anew" onClick={onReload} loading={busy} />
            )}
            {actions}
          </SpaceBetween>
        }
      >
        {title}
      </Header>
      {error !== null && (
        <RefusalAlert error={error} action={onReload && <Button onClick={onReload}>Try again</Button>} />
      )}
      {children}
    </SpaceBetween>
  );
}
