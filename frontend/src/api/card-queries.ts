import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query';
import { answer, api } from './client';
import { FIRST_PAGE, nextCursor } from './pages';
import { projectKey } from './project-queries';

/** What the project says for the cards of its reward models. */
export function projectCardQuery(projectId: number) {
  return queryOptions({
    queryKey: [...projectKey(projectId), 'card'],
    queryFn: ({ signal }) =>
      answer(api.GET('/api/projects/{project_id}/card/', { params: { path: { project_id: projectId } }, signal })),
  });
}

export function modelCardQuery(modelId: number) {
  return queryOptions({
    queryKey: ['models', modelId, 'card'],
    queryFn: ({ signal }) =>
      answer(api.GET('/api/models/{model_id}/card/', { params: { path: { model_id: modelId } }, signal })),
  });
}

export function cardVersionsQuery(modelId: number) {
  return infiniteQueryOptions({
    queryKey: ['models', modelId, 'card', 'versions'],
    queryFn: ({ pageParam, signal }) =>
      answer(
        api.GET('/api/models/{model_id}/card/versions/', {
          params: { path: { model_id: modelId }, query: pageParam },
          signal,
        }),
      ),
    initialPageParam: FIRST_PAGE,
    getNextPageParam: nextCursor,
  });
}

/** In what the card differs from that of another reward model, which counts as the one before. */
export function cardComparisonQuery(modelId: number, otherId: number) {
  return queryOptions({
    queryKey: ['models', modelId, 'card', 'comparison', otherId],
    queryFn: ({ signal }) =>
      answer(
        api.GET('/api/models/{model_id}/card/comparison/', {
          params: { path: { model_id: modelId }, query: { other: otherId } },
          signal,
        }),
      ),
  });
}
