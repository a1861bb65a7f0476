import { useMutation, useQueryClient } from '@tanstack/react-query';
import { answer, api } from '../../api/client';
import { reviewKey } from '../../api/review-queries';
import type { decisionBody } from './review-decision';

interface Settling {
  comparisonId: number;
  body: ReturnType<typeof decisionBody>;
}

/** Settles comparisons and takes decisions back; both refresh every list of the room. */
export function useReviewActs(projectId: number) {
  const queryClient = useQueryClient();
  const path = (comparisonId: number) => ({ path: { project_id: projectId, comparison_id: comparisonId } });
  const refresh = () => queryClient.invalidateQueries({ queryKey: reviewKey(projectId) });
  const settle = useMutation({
    mutationFn: ({ comparisonId, body }: Settling) =>
      answer(api.POST('/api/projects/{project_id}/review/{comparison_id}/', { params: path(comparisonId), body })),
    onSuccess: refresh,
  });
  const takeBack = useMutation({
    mutationFn: (comparisonId: number) =>
      answer(api.DELETE('/api/projects/{project_id}/review/{comparison_id}/', { params: path(comparisonId) })),
    onSuccess: refresh,
  });
  return { settle, takeBack };
}
