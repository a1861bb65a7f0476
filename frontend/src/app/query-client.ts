import { QueryClient } from '@tanstack/react-query';
import { isPassing, Problem } from '../api/problem';

const RETRIES = 2;

/** The cache of server data; only failures that may pass are tried again. */
export function createQueryClient(): QueryClient {
  return new QueryClient({
    defaultOptions: {
      queries: {
        staleTime: 10_000,
        retry: (count, error) => count < RETRIES && (isPassing(error) || !(error instanceof Problem)),
      },
      mutations: { retry: false },
    },
  });
}
