import { VisuallyHidden } from '@mantine/core';
import type { UseQueryResult } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { ErrorState } from './error-state';
import { LoadingState } from './loading-state';

interface QueryViewProps<Data> {
  query: UseQueryResult<Data>;
  /** What is loaded, for “The … could not be loaded”. */
  what: string;
  /** The page’s heading until the data bring their own. */
  heading?: string;
  rows?: number;
  children: (data: Data) => ReactNode;
}

/** Loading, error and ready of one query; data that is there stays when a later refresh fails. */
export function QueryView<Data>({ query, what, heading, rows, children }: QueryViewProps<Data>) {
  if (query.data !== undefined) return children(query.data);
  return (
    <>
      {heading && <VisuallyHidden component="h1">{heading}</VisuallyHidden>}
      {query.isError ? (
        <ErrorState
          error={query.error}
          title={`The ${what} could not be loaded`}
          onRetry={() => void query.refetch()}
        />
      ) : (
        <LoadingState label={`Loading the ${what}`} rows={rows} />
      )}
    </>
  );
}
