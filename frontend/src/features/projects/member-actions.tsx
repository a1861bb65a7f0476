import { Group } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { answer, api } from '../../api/client';
import { projectKey } from '../../api/project-queries';
import { ConfirmButton } from '../../components/confirm-button';
import { PauseMember } from '../../components/pause-member';
import type { Member } from '../../lib/api-types';
import { MemberEdit } from './member-edit';

interface MemberActionsProps {
  projectId: number;
  member: Member;
  isSelf: boolean;
  knownGroups: readonly string[];
}

/** Changes what a member may do, pauses them, or ends the membership; one’s own cannot be changed here. */
export function MemberActions({ projectId, member, isSelf, knownGroups }: MemberActionsProps) {
  const queryClient = useQueryClient();
  const remove = useMutation({
    mutationFn: () =>
      answer(
        api.DELETE('/api/projects/{project_id}/members/{user_id}/', {
          params: { path: { project_id: projectId, user_id: member.user_id } },
        }),
      ),
    onSuccess: () => queryClient.invalidateQueries({ queryKey: projectKey(projectId) }),
    onError: (error: Error) => notifications.show({ color: 'red', title: member.username, message: error.message }),
  });
  if (isSelf) return <>you</>;
  return (
    <Group gap="xs" wrap="nowrap">
      <MemberEdit projectId={projectId} member={member} knownGroups={knownGroups} />
      <PauseMember
        projectId={projectId}
        userId={member.user_id}
        username={member.username}
        pausedAt={member.paused_at}
      />
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
