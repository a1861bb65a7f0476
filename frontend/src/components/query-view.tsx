import type { UseQueryResult } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { ErrorState } from './error-state';
import { LoadingState } from './loading-state';

interface QueryViewProps<Data> {
  query: UseQueryResult<Data>;
  /** What is loaded, for “The … could not be loaded”. */
  what: string;
  rows?: number;
  children: (data: Data) => ReactNode;
}

/** Loading, error and ready of one query; data that is there stays when a later refresh fails. */
export function QueryView<Data>({ query, what, rows, children }: QueryViewProps<Data>) {
  if (query.data !== undefined) return children(query.data);
  if (query.isError) {
    return (
      <ErrorState error={query.error} title={`The ${what} could not be loaded`} onRetry={() => void query.refetch()} />
    );
  }
  return <LoadingState label={`Loading the ${what}`} rows={rows} />;
}
