import { queryOptions } from '@tanstack/react-query';
import { answer, api } from './client';

/** Who is logged in. Also sets the cookie that every later write needs. */
export const sessionQuery = queryOptions({
  queryKey: ['session'],
  queryFn: ({ signal }) => answer(api.GET('/api/session/', { signal })),
  staleTime: 5 * 60_000,
});
