import { notifications } from '@mantine/notifications';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { answer, api } from '../api/client';
import { projectKey } from '../api/project-queries';
import { ConfirmButton } from './confirm-button';
import { ReasonButton } from './reason-button';

interface PauseMemberProps {
  projectId: number;
  userId: number;
  username: string;
  pausedAt: string | null;
}

/** Stops a member's labeling with a reason that they read, or lets them go on. */
export function PauseMember({ projectId, userId, username, pausedAt }: PauseMemberProps) {
  const queryClient = useQueryClient();
  const params = { path: { project_id: projectId, user_id: userId } };
  const settle = {
    onSuccess: () => queryClient.invalidateQueries({ queryKey: projectKey(projectId) }),
    onError: (error: Error) => notifications.show({ color: 'red', title: username, message: error.message }),
  };
  const pause = useMutation({
    mutationFn: (reason: string) =>
      answer(api.POST('/api/projects/{project_id}/members/{user_id}/pause/', { params, body: { reason } })),
    ...settle,
  });
  const resume = useMutation({
    mutationFn: () => answer(api.POST('/api/projects/{project_id}/members/{user_id}/resume/', { params, body: {} })),
    ...settle,
  });
  if (pausedAt !== null) {
    return (
      <ConfirmButton
        size="compact-xs"
        title={`Let ${username} go on?`}
        consequence="They are given comparisons again from now on."
        confirmLabel="Let go on"
        loading={resume.isPending}
        onConfirm={() => resume.mutate()}
      >
        Let go on
      </ConfirmButton>
    );
  }
  return (
    <ReasonButton
      size="compact-xs"
      title={`Pause ${username}?`}
      consequence="They are given nothing more until an admin lets them go on. What they hold goes back to the queue; their verdicts stay."
      confirmLabel="Pause"
      reasonLabel="Reason"
      reasonHelp="At least 3 characters. They read it on the labeling page."
      least={3}
      most={400}
      loading={pause.isPending}
      onConfirm={(reason) => pause.mutate(reason)}
    >
      Pause
    </ReasonButton>
  );
}
