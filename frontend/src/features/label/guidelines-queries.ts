import { infiniteQueryOptions } from '@tanstack/react-query';
import { answer, api } from '../../api/client';
import { FIRST_PAGE, nextCursor } from '../../api/pages';

/** Every version of the guidelines, newest first. */
export const guidelinesQuery = (projectId: number) =>
  infiniteQueryOptions({
    queryKey: ['projects', projectId, 'guidelines'],
    queryFn: ({ pageParam, signal }) =>
      answer(
        api.GET('/api/projects/{project_id}/guidelines/', {
          params: { path: { project_id: projectId }, query: pageParam },
          signal,
        }),
      ),
    initialPageParam: FIRST_PAGE,
    getNextPageParam: nextCursor,
  });
