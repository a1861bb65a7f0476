import { Group } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { answer, api } from '../../api/client';
import { projectKey } from '../../api/project-queries';
import { ConfirmButton } from '../../components/confirm-button';
import type { Member } from '../../lib/api-types';

interface MemberActionsProps {
  projectId: number;
  member: Member;
  isSelf: boolean;
}

/** Changes what a member may do, or ends the membership; one’s own cannot be changed here. */
export function MemberActions({ projectId, member, isSelf }: MemberActionsProps) {
  const queryClient = useQueryClient();
  const params = { path: { project_id: projectId, user_id: member.user_id } };
  const settle = {
    onSuccess: () => queryClient.invalidateQueries({ queryKey: projectKey(projectId) }),
    onError: (error: Error) => notifications.show({ color: 'red', title: member.username, message: error.message }),
  };
  const changeRole = useMutation({
    mutationFn: (role: Member['role']) =>
      answer(api.PATCH('/api/projects/{project_id}/members/{user_id}/', { params, body: { role } })),
    ...settle,
  });
  const remove = useMutation({
    mutationFn: () => answer(api.DELETE('/api/projects/{project_id}/members/{user_id}/', { params })),
    ...settle,
  });
  if (isSelf) return <>you</>;
  const other = member.role === 'admin' ? 'labeler' : 'admin';
  return (
    <Group gap="xs" wrap="nowrap">
      <ConfirmButton
        size="compact-xs"
        title={`Make ${member.username} ${other === 'admin' ? 'an admin' : 'a labeler'}?`}
        consequence={
          other === 'admin'
            ? 'Admins see all preferences, start rounds, promote policies and invite people.'
            : 'Labelers compare completions and see their own history; they no longer see the admin pages.'
        }
        confirmLabel={`Make ${other}`}
        loading={changeRole.isPending}
        onConfirm={() => changeRole.mutate(other)}
      >
        Make {other}
      </ConfirmButton>
      <ConfirmButton
        size="compact-xs"
        title={`Remove ${member.username}?`}
        consequence="They can no longer open the project. Preferences they gave are kept; comparisons they hold go back to the queue."
        confirmLabel="Remove"
        color="red.8"
        loading={remove.isPending}
        onConfirm={() => remove.mutate()}
      >
        Remove
      </ConfirmButton>
    </Group>
  );
}
