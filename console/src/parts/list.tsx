import Box from '@cloudscape-design/components/box';
import Button from '@cloudscape-design/components/button';
import Header from '@cloudscape-design/components/header';
import Table, { type TableProps } from '@cloudscape-design/components/table';
import { RefusalAlert } from './refusal-alert.tsx';
import type { Pages } from './use-pages.ts';

/** A list of the API as a table; on a narrow screen it scrolls by itself, not the page. */
export function ListTable<T>({
  title,
  pages,
  columns,
  empty,
  trackBy,
  selected,
  onSelect,
  nameOf,
}: {
  readonly title: string;
  readonly pages: Pages<T>;
  readonly columns: readonly TableProps.ColumnDefinition<T>[];
  readonly empty: string;
  readonly trackBy: keyof T & string;
  readonly selected?: readonly T[];
  readonly onSelect?: (items: readonly T[]) => void;
  /** How a row is called, for its checkbox. */
  readonly nameOf?: (item: T) => string;
}) {
  const { items, hasMore, busy, error, more, reload } = pages;
  return (
    <>
      {error !== null && <RefusalAlert error={error} action={<Button onClick={reload}>Try again</Button>} />}
      <Table<T>
        header={
          <Header
            variant="h2"
            actions={<Button iconName="refresh" ariaLabel={`Load ${title} anew`} onClick={reload} />}
          >
            {title}
          </Header>
        }
        items={[...(items ?? [])]}
        trackBy={trackBy}
        columnDefinitions={columns}
        loading={busy && items === null}
        loadingText="Loading"
        wrapLines
        empty={<Box textAlign="center">{empty}</Box>}
        ariaLabels={{
          tableLabel: title,
          selectionGroupLabel: `Choose of ${title}`,
          allItemsSelectionLabel: () => 'Choose all',
          itemSelectionLabel: (_state, item) => `Choose ${nameOf?.(item) ?? ''}`,
        }}
        {...(selected && onSelect
          ? {
              selectionType: 'multi' as const,
              selectedItems: [...selected],
              onSelectionChange: ({ detail }) => onSelect(detail.selectedItems),
            }
          : {})}
        footer={
          hasMore && (
            <Box textAlign="center">
              <Button onClick={more} loading={busy}>
                Show more
              </Button>
            </Box>
          )
        }
      />
    </>
  );
}
