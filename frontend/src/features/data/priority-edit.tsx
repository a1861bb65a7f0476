import { ActionIcon, Group } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { answer, api } from '../../api/client';
import { queueQuery } from '../../api/data-queries';
import { ChevronDownIcon, ChevronUpIcon } from '../../components/icons';
import { minusText } from '../../lib/number-text';

interface PriorityEditProps {
  projectId: number;
  comparisonId: number;
  priority: number;
}

const STEP = 10;
const MOST = 100;

/** The priority of a waiting comparison, with buttons that raise and lower it by ten. */
export function PriorityEdit({ projectId, comparisonId, priority }: PriorityEditProps) {
  const queryClient = useQueryClient();
  const set = useMutation({
    mutationFn: (next: number) =>
      answer(
        api.POST('/api/projects/{project_id}/queue/priority/', {
          params: { path: { project_id: projectId } },
          body: { comparison_ids: [comparisonId], priority: next },
        }),
      ),
    onSuccess: () => queryClient.invalidateQueries({ queryKey: queueQuery(projectId).queryKey }),
    onError: (error) =>
      notifications.show({ color: 'red', title: `Comparison ${comparisonId}`, message: error.message }),
  });
  const step = (by: number) => set.mutate(Math.min(MOST, Math.max(-MOST, priority + by)));
  return (
    <Group gap={2} wrap="nowrap" justify="flex-end">
      <span className="tabular">{minusText(String(priority))}</span>
      <ActionIcon
        variant="subtle"
        color="gray"
        aria-label={`Ask comparison ${comparisonId} sooner`}
        disabled={priority >= MOST || set.isPending}
        onClick={() => step(STEP)}
      >
        <ChevronUpIcon />
      </ActionIcon>
      <ActionIcon
        variant="subtle"
        color="gray"
        aria-label={`Ask comparison ${comparisonId} later`}
        disabled={priority <= -MOST || set.isPending}
        onClick={() => step(-STEP)}
      >
        <ChevronDownIcon />
      </ActionIcon>
    </Group>
  );
}
