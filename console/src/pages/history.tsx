import Box from '@cloudscape-design/components/box';
import Button from '@cloudscape-design/components/button';
import Container from '@cloudscape-design/components/container';
import Header from '@cloudscape-design/components/header';
import SpaceBetween from '@cloudscape-design/components/space-between';
import type { HistoryEvent } from '../api/types.ts';
import { type Difference, differences, eventTitle } from '../logic/event.ts';
import { instant } from '../logic/format.ts';
import { AsGiven } from '../parts/as-given.tsx';
import { RefusalAlert } from '../parts/refusal-alert.tsx';
import { usePages } from '../parts/use-pages.ts';

/** The event log, with what each event changed. */
export default function History() {
  const { items, hasMore, busy, error, more, reload } = usePages<HistoryEvent>('/history?limit=50');
  return (
    <SpaceBetween size="l">
      <Header
        variant="h1"
        actions={<Button iconName="refresh" ariaLabel="Load anew" onClick={reload} loading={busy} />}
      >
        History
      </Header>
      {error !== null && <RefusalAlert error={error} action={<Button onClick={reload}>Try again</Button>} />}
      {items?.length === 0 && <Box>Nothing has happened yet.</Box>}
      {items !== null && items.length > 0 && (
        <Container>
          <ol className="events" reversed aria-label="Events, newest first">
            {items.map((event, index) => (
              <li key={event.number} value={event.number}>
                <Event event={event} older={items.slice(index + 1)} />
              </li>
            ))}
          </ol>
        </Container>
      )}
      {hasMore && (
        <Button onClick={more} loading={busy}>
          Show older events
        </Button>
      )}
    </SpaceBetween>
  );
}

function Event({ event, older }: { readonly event: HistoryEvent; readonly older: readonly HistoryEvent[] }) {
  const { actor } = event;
  return (
    <SpaceBetween size="xxs">
      <Box variant="h3" tagOverride="h2" padding="n">
        {eventTitle(event)}
      </Box>
      <Box color="text-body-secondary">
        {instant(event.at)}, by <AsGiven>{actor.id}</AsGiven>
        {actor.via === 'direct' && ' with AWS credentials, past the API'}
      </Box>
      <ul>
        {differences(event, older).map((difference) => (
          <li key={difference.fact}>
            <Changed difference={difference} />
          </li>
        ))}
      </ul>
    </SpaceBetween>
  );
}

function Changed({ difference: { fact, before, after } }: { readonly difference: Difference }) {
  return (
    <>
      {fact}: {before !== null && <del className="as-given">{before}</del>}
      {before !== null && after !== null && ' → '}
      {after === null ? 'taken away' : <ins className="as-given">{after}</ins>}
    </>
  );
}
