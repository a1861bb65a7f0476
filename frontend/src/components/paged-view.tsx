import { Button, Group, Text } from '@mantine/core';
import type { InfiniteData, UseInfiniteQueryResult } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { type Page, rowsOf } from '../api/pages';
import { ErrorState } from './error-state';
import { LoadingState } from './loading-state';

interface PagedViewProps<Row> {
  query: UseInfiniteQueryResult<InfiniteData<Page<Row>>>;
  /** What is listed, in the plural: “rounds”. */
  what: string;
  empty: ReactNode;
  children: (rows: Row[], total: number) => ReactNode;
}

/** Loading, error, empty and ready of a list that is read page by page, with a button for the next page. */
export function PagedView<Row>({ query, what, empty, children }: PagedViewProps<Row>) {
  if (query.data === undefined) {
    return query.isError ? (
      <ErrorState error={query.error} title={`The ${what} could not be loaded`} onRetry={() => void query.refetch()} />
    ) : (
      <LoadingState label={`Loading the ${what}`} rows={6} />
    );
  }
  const rows = rowsOf(query.data);
  if (rows.length === 0) return empty;
  const total = query.data.pages.at(-1)?.total ?? rows.length;
  return (
    <>
      {children(rows, total)}
      <Group justify="space-between" mt="sm">
        <Text size="sm" c="dimmed" className="tabular" role="status">
          {rows.length.toLocaleString('en')} of {total.toLocaleString('en')} {what}
        </Text>
        {query.hasNextPage && (
          <Button
            variant="default"
            size="xs"
            loading={query.isFetchingNextPage}
            onClick={() => void query.fetchNextPage()}
          >
            Load more
          </Button>
        )}
      </Group>
    </>
  );
}
