import { infiniteQueryOptions } from '@tanstack/react-query';
import { answer, api } from '../../api/client';
import { FIRST_PAGE, nextCursor } from '../../api/pages';

/** Own verdicts, newest first. */
export const historyQuery = (projectId: number) =>
  infiniteQueryOptions({
    queryKey: ['projects', projectId, 'history'],
    queryFn: ({ pageParam, signal }) =>
      answer(
        api.GET('/api/projects/{project_id}/history/', {
          params: { path: { project_id: projectId }, query: pageParam },
          signal,
        }),
      ),
    initialPageParam: FIRST_PAGE,
    getNextPageParam: nextCursor,
    staleTime: 0,
  });
