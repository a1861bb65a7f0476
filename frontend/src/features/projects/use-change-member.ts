import { useMutation, useQueryClient } from '@tanstack/react-query';
import { answer, api } from '../../api/client';
import { projectKey } from '../../api/project-queries';
import type { Member } from '../../lib/api-types';

/** What changes about a member; null leaves it as it is. */
interface MemberChange {
  role: Member['role'] | null;
  groups: string[] | null;
  /** True waives the warm-up, false lets them try it again. */
  warmed_up: boolean | null;
}

export function useChangeMember(projectId: number, userId: number, onDone: () => void) {
  const queryClient = useQueryClient();
  return useMutation({
    mutationFn: (body: MemberChange) =>
      answer(
        api.PATCH('/api/projects/{project_id}/members/{user_id}/', {
          params: { path: { project_id: projectId, user_id: userId } },
          body,
        }),
      ),
    onSuccess: async () => {
      await queryClient.invalidateQueries({ queryKey: projectKey(projectId) });
      onDone();
    },
  });
}
