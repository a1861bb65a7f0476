import { Group, Text } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { answer, api } from '../../api/client';
import { projectKey } from '../../api/project-queries';
import { Notice } from '../../components/notice';
import { ProblemAlert } from '../../components/problem-alert';
import { ReasonButton } from '../../components/reason-button';
import { RelativeTime } from '../../components/relative-time';
import { TextLink } from '../../components/text-link';
import type { LabelerFlag } from '../../lib/api-types';
import { signalWords } from './quality-words';

interface FlagCardProps {
  projectId: number;
  flag: LabelerFlag;
  /** Names the labeler, where the place does not. */
  isNamed?: boolean;
}

/** A suspicion about a labeler with what it rests on; an admin closes it with a note. */
export function FlagCard({ projectId, flag, isNamed = false }: FlagCardProps) {
  const queryClient = useQueryClient();
  const close = useMutation({
    mutationFn: (note: string) =>
      answer(
        api.POST('/api/projects/{project_id}/flags/{flag_id}/close/', {
          params: { path: { project_id: projectId, flag_id: flag.id } },
          body: { note },
        }),
      ),
    onSuccess: () => queryClient.invalidateQueries({ queryKey: projectKey(projectId) }),
  });
  const { evidence } = flag;
  const title = isNamed ? `${flag.username}: ${signalWords(flag.signal).toLowerCase()}` : signalWords(flag.signal);
  return (
    <Notice tone={flag.closed_at ? 'neutral' : 'bad'} title={title}>
      <Text>{evidence.text}</Text>
      <Text size="sm" c="dimmed">
        Raised <RelativeTime at={flag.raised_at} />
        {evidence.preference_ids.length > 0 &&
          `, seen for example in preferences ${evidence.preference_ids.join(', ')}`}
        .
      </Text>
      {flag.closed_at ? (
        <Text size="sm">
          Closed {flag.closed_by ? `by ${flag.closed_by}` : 'by itself: the signal went'}{' '}
          <RelativeTime at={flag.closed_at} />
          {flag.note && `: ${flag.note}`}
        </Text>
      ) : (
        <Group gap="sm" mt="xs">
          <ReasonButton
            size="compact-xs"
            title="Close this flag?"
            consequence="It is taken off the list. It may be raised again when later verdicts show the same."
            confirmLabel="Close the flag"
            reasonLabel="Note"
            reasonHelp="What you found; for other admins."
            least={0}
            most={2000}
            loading={close.isPending}
            onConfirm={(note) => close.mutate(note)}
          >
            Close
          </ReasonButton>
          {isNamed && (
            <TextLink
              size="sm"
              to="/projects/$id/quality"
              params={{ id: String(projectId) }}
              search={{ labeler: flag.user_id } as never}
            >
              Everything about {flag.username}
            </TextLink>
          )}
          <TextLink
            size="sm"
            to="/projects/$id/preferences"
            params={{ id: String(projectId) }}
            search={{ annotator: flag.username } as never}
          >
            Their verdicts
          </TextLink>
        </Group>
      )}
      <ProblemAlert error={close.error} title="The flag was not closed" />
    </Notice>
  );
}
