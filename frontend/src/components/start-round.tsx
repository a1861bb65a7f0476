import { Group, Text } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { answer, api } from '../api/client';
import { projectKey } from '../api/project-queries';
import { roundPreviewQuery } from '../api/round-queries';
import type { RoundPreview } from '../lib/api-types';
import { durationText } from '../lib/duration-text';
import { countText } from '../lib/number-text';
import { ConfirmButton } from './confirm-button';
import { PlayIcon } from './icons';
import { ProblemAlert } from './problem-alert';
import { TextLink } from './text-link';

/** Starts a round after saying what it will use; disabled with the reason in words where it cannot start. */
export function StartRound({ projectId }: { projectId: number }) {
  const queryClient = useQueryClient();
  const navigate = useNavigate();
  const preview = useQuery(roundPreviewQuery(projectId));
  const start = useMutation({
    mutationFn: () =>
      answer(api.POST('/api/projects/{project_id}/rounds/', { params: { path: { project_id: projectId } }, body: {} })),
    onSuccess: (round) => {
      void queryClient.invalidateQueries({ queryKey: projectKey(projectId) });
      void navigate({
        to: '/projects/$id/rounds/$roundId',
        params: { id: String(projectId), roundId: String(round.id) },
      });
    },
  });
  const reason = preview.data && !preview.data.can_start ? preview.data.reason : null;
  return (
    <div>
      <Group gap="sm" justify="flex-end">
        {reason && (
          <Text size="sm" c="dimmed" maw="36ch">
            {reason}
          </Text>
        )}
        <ConfirmButton
          variant="filled"
          leftSection={<PlayIcon />}
          title="Start a round?"
          consequence={preview.data ? <Consequence projectId={projectId} preview={preview.data} /> : ''}
          confirmLabel="Start round"
          disabled={!preview.data?.can_start}
          loading={start.isPending}
          onConfirm={() => start.mutate()}
        >
          Start round
        </ConfirmButton>
      </Group>
      <ProblemAlert error={start.error} title="The round could not be started" />
    </div>
  );
}

function Consequence({ projectId, preview }: { projectId: number; preview: RoundPreview }) {
  const missing = preview.card_missing.length;
  return (
    <>
      <Text>{consequenceText(preview)}</Text>
      {missing > 0 && (
        <Text mt="xs">
          The card of its reward model would leave {countText(missing, 'mandatory field')} empty, and the round would
          wait for them.{' '}
          <TextLink to="/projects/$id/card" params={{ id: String(projectId) }}>
            Say it now
          </TextLink>
          .
        </Text>
      )}
    </>
  );
}

function consequenceText(preview: RoundPreview): string {
  const time = preview.estimated_seconds === null ? '' : ` It takes about ${durationText(preview.estimated_seconds)}.`;
  return (
    `${countText(preview.preferences, 'preference')}, ${preview.new_since_last.toLocaleString('en')} of them new, ` +
    `are frozen; a reward model is trained on them and the policy is tuned against it.${time} Labeling goes on meanwhile.`
  );
}
