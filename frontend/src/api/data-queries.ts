import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query';
import type { PreferenceKind } from '../lib/api-types';
import { answer, api } from './client';
import { FIRST_PAGE, nextCursor } from './pages';
import { projectKey } from './project-queries';

export interface PreferenceFilters {
  annotator?: string;
  kind?: PreferenceKind;
  /** Also verdicts that were undone or revised. */
  superseded?: boolean;
}

/** How pairs were chosen changes with a round, and its figures with every verdict: looked at less often. */
export function queueChoiceQuery(projectId: number) {
  return queryOptions({
    queryKey: [...projectKey(projectId), 'queue', 'choice'],
    queryFn: ({ signal }) =>
      answer(
        api.GET('/api/projects/{project_id}/queue/choice/', { params: { path: { project_id: projectId } }, signal }),
      ),
    refetchInterval: 60_000,
  });
}

/** How new the policy's completions are to the base policy, round by round. */
export function noveltyQuery(projectId: number) {
  return queryOptions({
    queryKey: [...projectKey(projectId), 'novelty'],
    queryFn: ({ signal }) =>
      answer(api.GET('/api/projects/{project_id}/novelty/', { params: { path: { project_id: projectId } }, signal })),
  });
}

export function queueQuery(projectId: number) {
  return queryOptions({
    queryKey: [...projectKey(projectId), 'queue'],
    queryFn: ({ signal }) =>
      answer(api.GET('/api/projects/{project_id}/queue/', { params: { path: { project_id: projectId } }, signal })),
    refetchInterval: 10_000,
  });
}

export function preferenceListQuery(projectId: number, filters: PreferenceFilters) {
  return infiniteQueryOptions({
    queryKey: [...projectKey(projectId), 'preferences', filters],
    queryFn: ({ pageParam, signal }) =>
      answer(
        api.GET('/api/projects/{project_id}/preferences/', {
          params: { path: { project_id: projectId }, query: { ...filters, ...pageParam } },
          signal,
        }),
      ),
    initialPageParam: FIRST_PAGE,
    getNextPageParam: nextCursor,
  });
}

/** `trl` is the format of TRL's trainers, `full` has everything that is known of each preference. */
export interface ExportChoice {
  format: 'trl' | 'full';
  ties: 'drop' | 'both';
}

export function exportManifestQuery(projectId: number, choice: ExportChoice) {
  return queryOptions({
    queryKey: [...projectKey(projectId), 'export-manifest', choice],
    queryFn: ({ signal }) =>
      answer(
        api.GET('/api/projects/{project_id}/export/manifest/', {
          params: { path: { project_id: projectId }, query: choice },
          signal,
        }),
      ),
  });
}
