import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query';
import type { SeriesByName } from '../lib/series';
import { answer, api } from './client';
import { FIRST_PAGE, nextCursor } from './pages';
import { projectKey } from './project-queries';

export function roundListQuery(projectId: number) {
  return infiniteQueryOptions({
    queryKey: [...projectKey(projectId), 'rounds'],
    queryFn: ({ pageParam, signal }) =>
      answer(
        api.GET('/api/projects/{project_id}/rounds/', {
          params: { path: { project_id: projectId }, query: pageParam },
          signal,
        }),
      ),
    initialPageParam: FIRST_PAGE,
    getNextPageParam: nextCursor,
  });
}

export function roundPreviewQuery(projectId: number) {
  return queryOptions({
    queryKey: [...projectKey(projectId), 'round-preview'],
    queryFn: ({ signal }) =>
      answer(
        api.GET('/api/projects/{project_id}/rounds/preview/', { params: { path: { project_id: projectId } }, signal }),
      ),
  });
}

export function roundQuery(roundId: number) {
  return queryOptions({
    queryKey: ['rounds', roundId],
    queryFn: ({ signal }) =>
      answer(api.GET('/api/rounds/{round_id}/', { params: { path: { round_id: roundId } }, signal })),
  });
}

export function runQuery(runId: number) {
  return queryOptions({
    queryKey: ['runs', runId, 'detail'],
    queryFn: ({ signal }) => answer(api.GET('/api/runs/{run_id}/', { params: { path: { run_id: runId } }, signal })),
  });
}

export function runMetricsQuery(runId: number) {
  return queryOptions({
    queryKey: ['runs', runId, 'metrics'],
    queryFn: ({ signal }) =>
      answer(api.GET('/api/runs/{run_id}/metrics/', { params: { path: { run_id: runId } }, signal })),
    // Each point is [step, value]; the schema's types do not carry the length of an array.
    select: ({ series }) => series as SeriesByName,
  });
}

export function runLogQuery(runId: number) {
  return infiniteQueryOptions({
    queryKey: ['runs', runId, 'log'],
    queryFn: ({ pageParam, signal }) =>
      answer(api.GET('/api/runs/{run_id}/log/', { params: { path: { run_id: runId }, query: pageParam }, signal })),
    initialPageParam: FIRST_PAGE,
    getNextPageParam: nextCursor,
  });
}
