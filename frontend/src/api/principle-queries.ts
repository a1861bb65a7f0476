import { infiniteQueryOptions, keepPreviousData, queryOptions } from '@tanstack/react-query';
import type { Principle } from '../lib/api-types';
import { answer, api } from './client';
import { FIRST_PAGE, nextCursor } from './pages';
import { projectKey } from './project-queries';

export function principlesQuery(projectId: number) {
  return queryOptions({
    queryKey: [...projectKey(projectId), 'principles'],
    queryFn: ({ signal }) =>
      answer(
        api.GET('/api/projects/{project_id}/principles/', { params: { path: { project_id: projectId } }, signal }),
      ),
  });
}

export function principleVersionsQuery(projectId: number) {
  return infiniteQueryOptions({
    queryKey: [...projectKey(projectId), 'principle-versions'],
    queryFn: ({ pageParam, signal }) =>
      answer(
        api.GET('/api/projects/{project_id}/principles/versions/', {
          params: { path: { project_id: projectId }, query: pageParam },
          signal,
        }),
      ),
    initialPageParam: FIRST_PAGE,
    getNextPageParam: nextCursor,
  });
}

/** What a draft would change; the figures of the draft before stay until the new ones are there. */
export function principlesPreviewQuery(projectId: number, principles: readonly Principle[], enabled: boolean) {
  return queryOptions({
    queryKey: [...projectKey(projectId), 'principles-preview', principles],
    queryFn: ({ signal }) =>
      answer(
        api.POST('/api/projects/{project_id}/principles/preview/', {
          params: { path: { project_id: projectId } },
          body: { principles: [...principles] },
          signal,
        }),
      ),
    enabled,
    placeholderData: keepPreviousData,
    retry: false,
  });
}
