import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query';
import { answer, api } from './client';
import { FIRST_PAGE, nextCursor } from './pages';
import { projectKey } from './project-queries';

const REFRESH_MS = 10_000;

export function qualityQuery(projectId: number) {
  return queryOptions({
    queryKey: [...projectKey(projectId), 'quality'],
    queryFn: ({ signal }) =>
      answer(api.GET('/api/projects/{project_id}/quality/', { params: { path: { project_id: projectId } }, signal })),
    refetchInterval: REFRESH_MS,
  });
}

export function flagListQuery(projectId: number, open: boolean) {
  return infiniteQueryOptions({
    queryKey: [...projectKey(projectId), 'flags', open],
    queryFn: ({ pageParam, signal }) =>
      answer(
        api.GET('/api/projects/{project_id}/flags/', {
          params: { path: { project_id: projectId }, query: { open, ...pageParam } },
          signal,
        }),
      ),
    initialPageParam: FIRST_PAGE,
    getNextPageParam: nextCursor,
  });
}
