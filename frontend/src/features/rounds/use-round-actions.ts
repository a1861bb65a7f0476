import { useMutation, useQueryClient } from '@tanstack/react-query';
import { answer, api } from '../../api/client';
import { projectKey } from '../../api/project-queries';
import { roundQuery } from '../../api/round-queries';
import type { Round } from '../../lib/api-types';
import { focusHeadingWhenLost } from '../../lib/focus-heading';

export type RoundAction =
  | { kind: 'cancel' }
  | { kind: 'retry' }
  | { kind: 'promote' }
  | { kind: 'dismiss' }
  | { kind: 'override'; reason: string };

/** What an admin does to a round; the answer replaces the cached round and everything of the project is read again. */
export function useRoundActions(projectId: number, roundId: number) {
  const queryClient = useQueryClient();
  return useMutation({
    mutationFn: (action: RoundAction) => send(roundId, action),
    onSuccess: (round) => {
      queryClient.setQueryData(roundQuery(roundId).queryKey, round);
      void queryClient.invalidateQueries({ queryKey: roundQuery(roundId).queryKey });
      void queryClient.invalidateQueries({ queryKey: projectKey(projectId) });
      focusHeadingWhenLost();
    },
  });
}

function send(id: number, action: RoundAction): Promise<Round> {
  const params = { path: { round_id: id } };
  switch (action.kind) {
    case 'cancel':
      return answer(api.POST('/api/rounds/{round_id}/cancel/', { params }));
    case 'retry':
      return answer(api.POST('/api/rounds/{round_id}/retry/', { params }));
    case 'promote':
      return answer(api.POST('/api/rounds/{round_id}/promote/', { params }));
    case 'dismiss':
      return answer(api.POST('/api/rounds/{round_id}/dismiss/', { params }));
    case 'override':
      return answer(api.POST('/api/rounds/{round_id}/override/', { params, body: { reason: action.reason } }));
  }
}
