import { queryOptions } from '@tanstack/react-query';
import type { Checkpoints } from '../lib/api-types';
import { answer, api } from './client';
import { projectKey } from './project-queries';

/** What the monitor saw of a tuning run, and what people say of it. */
export function runCheckpointsQuery(runId: number) {
  return queryOptions({
    queryKey: ['runs', runId, 'checkpoints'],
    queryFn: ({ signal }) =>
      answer(api.GET('/api/runs/{run_id}/checkpoints/', { params: { path: { run_id: runId } }, signal })),
    // Points of the frontier are [√KL, value]; an answer's type does not carry the length of an array.
    select: (found) => found as Checkpoints,
  });
}

/** Checkpoints of any runs of a project with what they answer to the same prompts. */
export function checkpointCompareQuery(projectId: number, ids: readonly number[]) {
  return queryOptions({
    queryKey: [...projectKey(projectId), 'checkpoints', ids],
    queryFn: ({ signal }) =>
      answer(
        api.GET('/api/projects/{project_id}/checkpoints/compare/', {
          params: { path: { project_id: projectId }, query: { checkpoints: ids.join(',') } },
          signal,
        }),
      ),
  });
}
