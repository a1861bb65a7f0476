import { queryOptions } from '@tanstack/react-query';
import { answer, api } from '../../api/client';

/** One's own API tokens that work; a person has few, so one page holds them all. */
export const tokenListQuery = queryOptions({
  queryKey: ['tokens'],
  queryFn: ({ signal }) => answer(api.GET('/api/tokens/', { params: { query: { limit: 100 } }, signal })),
});
