import { useMutation, useQueryClient } from '@tanstack/react-query';
import { answer, api } from '../../../api/client';
import { projectKey } from '../../../api/project-queries';
import { focusHeadingWhenLost } from '../../../lib/focus-heading';

export type TuningAct =
  | { kind: 'check'; checkpoint: number }
  | { kind: 'use'; checkpoint: number }
  | { kind: 'resume'; reason: string }
  | { kind: 'finish'; checkpoint: number; reason: string }
  | { kind: 'cancel' }
  | { kind: 'repeat' };

/** What an admin does to a tuning run and its checkpoints; whatever shows them is read again. */
export function useTuningActs(projectId: number, runId: number, onRepeat: (runId: number) => void) {
  const queryClient = useQueryClient();
  return useMutation({
    mutationFn: (act: TuningAct) => send(runId, act),
    onSuccess: (repeat) => {
      for (const queryKey of [['runs'], ['rounds'], projectKey(projectId)]) {
        void queryClient.invalidateQueries({ queryKey });
      }
      if (repeat !== null) onRepeat(repeat);
      focusHeadingWhenLost();
    },
  });
}

/** The id of a new run, where the act made one. */
async function send(runId: number, act: TuningAct): Promise<number | null> {
  const run = { path: { run_id: runId } };
  switch (act.kind) {
    case 'check':
      await api.POST('/api/checkpoints/{checkpoint_id}/check/', {
        params: { path: { checkpoint_id: act.checkpoint } },
      });
      return null;
    case 'use':
      await api.POST('/api/checkpoints/{checkpoint_id}/use/', { params: { path: { checkpoint_id: act.checkpoint } } });
      return null;
    case 'resume':
      await api.POST('/api/runs/{run_id}/resume/', { params: run, body: { reason: act.reason } });
      return null;
    case 'finish':
      await api.POST('/api/runs/{run_id}/finish/', {
        params: run,
        body: { checkpoint: act.checkpoint, reason: act.reason },
      });
      return null;
    case 'cancel':
      await api.POST('/api/runs/{run_id}/cancel/', { params: run });
      return null;
    case 'repeat':
      return (await answer(api.POST('/api/runs/{run_id}/repeat/', { params: run, body: { seed: null } }))).id;
  }
}
