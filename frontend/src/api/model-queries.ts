import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query';
import { answer, api } from './client';
import { FIRST_PAGE, nextCursor } from './pages';
import { projectKey } from './project-queries';

export type ModelKind = 'policy' | 'reward_model';

export function modelListQuery(projectId: number, kind: ModelKind) {
  return infiniteQueryOptions({
    queryKey: [...projectKey(projectId), 'models', kind],
    queryFn: ({ pageParam, signal }) =>
      answer(
        api.GET('/api/projects/{project_id}/models/', {
          params: { path: { project_id: projectId }, query: { kind, ...pageParam } },
          signal,
        }),
      ),
    initialPageParam: FIRST_PAGE,
    getNextPageParam: nextCursor,
  });
}

export function modelQuery(modelId: number) {
  return queryOptions({
    queryKey: ['models', modelId],
    queryFn: ({ signal }) =>
      answer(api.GET('/api/models/{model_id}/', { params: { path: { model_id: modelId } }, signal })),
  });
}

/** How far a reward model can be trusted; policies and reward models that no run made have no report. */
export function modelReportQuery(modelId: number) {
  return queryOptions({
    queryKey: ['models', modelId, 'report'],
    queryFn: ({ signal }) =>
      answer(api.GET('/api/models/{model_id}/report/', { params: { path: { model_id: modelId } }, signal })),
  });
}

/** What a reward model labeled itself, and how often people confirm it as their verdicts come in. */
export function selfLabelsQuery(modelId: number) {
  return queryOptions({
    queryKey: ['models', modelId, 'self-labels'],
    queryFn: ({ signal }) =>
      answer(api.GET('/api/models/{model_id}/self-labels/', { params: { path: { model_id: modelId } }, signal })),
  });
}

export type EffectSort = 'pull' | 'contradicted';

/** What a reward model made of each preference it learned from; empty for policies and older versions. */
export function effectListQuery(modelId: number, sort: EffectSort) {
  return infiniteQueryOptions({
    queryKey: ['models', modelId, 'effects', sort],
    queryFn: ({ pageParam, signal }) =>
      answer(
        api.GET('/api/models/{model_id}/effects/', {
          params: { path: { model_id: modelId }, query: { sort, ...pageParam } },
          signal,
        }),
      ),
    initialPageParam: FIRST_PAGE,
    getNextPageParam: nextCursor,
  });
}
