import { infiniteQueryOptions } from '@tanstack/react-query';
import { answer, api } from './client';
import { FIRST_PAGE, nextCursor } from './pages';
import { projectKey } from './project-queries';

export type ReviewKind = 'all' | 'disagreement' | 'contradiction';
export type ReviewState = 'open' | 'settled';

/** Everything cached about the review room of a project starts with this key. */
export function reviewKey(projectId: number) {
  return [...projectKey(projectId), 'review'] as const;
}

export function reviewListQuery(projectId: number, kind: ReviewKind, state: ReviewState) {
  return infiniteQueryOptions({
    queryKey: [...reviewKey(projectId), kind, state],
    queryFn: ({ pageParam, signal }) =>
      answer(
        api.GET('/api/projects/{project_id}/review/', {
          params: { path: { project_id: projectId }, query: { kind, state, ...pageParam } },
          signal,
        }),
      ),
    initialPageParam: FIRST_PAGE,
    getNextPageParam: nextCursor,
  });
}
