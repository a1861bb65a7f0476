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
