import { infiniteQueryOptions, keepPreviousData, queryOptions } from '@tanstack/react-query';
import { answer, api } from './client';
import { FIRST_PAGE, nextCursor } from './pages';
import { projectKey } from './project-queries';

/** Which preferences an exclusion covers; what is null does not narrow it. Times are ISO, with a zone. */
export interface ExclusionScope {
  annotator_id: number | null;
  given_from: string | null;
  given_until: string | null;
  guidelines_number: number | null;
}

export function exclusionListQuery(projectId: number) {
  return infiniteQueryOptions({
    queryKey: [...projectKey(projectId), 'exclusions'],
    queryFn: ({ pageParam, signal }) =>
      answer(
        api.GET('/api/projects/{project_id}/exclusions/', {
          params: { path: { project_id: projectId }, query: pageParam },
          signal,
        }),
      ),
    initialPageParam: FIRST_PAGE,
    getNextPageParam: nextCursor,
  });
}

/** What an exclusion would touch; the figures of the rule before stay until the new ones are there. */
export function exclusionPreviewQuery(projectId: number, scope: ExclusionScope, enabled: boolean) {
  return queryOptions({
    queryKey: [...projectKey(projectId), 'exclusion-preview', scope],
    queryFn: ({ signal }) =>
      answer(
        api.POST('/api/projects/{project_id}/exclusions/preview/', {
          params: { path: { project_id: projectId } },
          body: scope,
          signal,
        }),
      ),
    enabled,
    placeholderData: keepPreviousData,
    retry: false,
  });
}
