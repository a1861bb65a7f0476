import { Button, Group, Modal, Stack, TagsInput, Text } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { answer, api } from '../../api/client';
import { projectKey } from '../../api/project-queries';
import { ProblemAlert } from '../../components/problem-alert';
import type { PromptRow } from '../../lib/api-types';

interface PromptTagsProps {
  projectId: number;
  prompt: PromptRow;
  /** Tags of other prompts, offered while typing. */
  known: readonly string[];
}

/** A prompt’s tags with a button that changes them. */
export function PromptTags({ projectId, prompt, known }: PromptTagsProps) {
  const [opened, { open, close }] = useDisclosure(false);
  return (
    <Group gap="xs" wrap="nowrap">
      <Text span size="sm">
        {prompt.tags.join(', ') || '–'}
      </Text>
      <Button size="compact-xs" variant="default" onClick={open} aria-label={`Change the tags of prompt ${prompt.id}`}>
        Change
      </Button>
      <Modal opened={opened} onClose={close} title={`Tags of prompt ${prompt.id}`}>
        <TagsForm projectId={projectId} prompt={prompt} known={known} onDone={close} />
      </Modal>
    </Group>
  );
}

function TagsForm({ projectId, prompt, known, onDone }: PromptTagsProps & { onDone: () => void }) {
  const [tags, setTags] = useState(prompt.tags);
  const queryClient = useQueryClient();
  const change = useMutation({
    mutationFn: () =>
      answer(
        api.PATCH('/api/projects/{project_id}/prompts/{prompt_id}/', {
          params: { path: { project_id: projectId, prompt_id: prompt.id } },
          body: { tags },
        }),
      ),
    onSuccess: async () => {
      await queryClient.invalidateQueries({ queryKey: projectKey(projectId) });
      onDone();
    },
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    change.mutate();
  };
  return (
    <form onSubmit={submit}>
      <Stack gap="md">
        <TagsInput
          label="Tags"
          description="The settings say which tags ask for which group of labelers. Waiting comparisons follow at once."
          data={[...known]}
          value={tags}
          onChange={setTags}
          maxLength={60}
          maxTags={50}
          comboboxProps={{ withinPortal: false }}
          data-autofocus
        />
        <ProblemAlert error={change.error} title="The tags were not changed" />
        <Group justify="flex-end" gap="xs">
          <Button variant="default" onClick={onDone}>
            Cancel
          </Button>
          <Button type="submit" loading={change.isPending}>
            Save
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
