import { Button, Group, Stack, Text, Textarea } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { answer, api } from '../../api/client';
import { projectKey } from '../../api/project-queries';
import { MarkdownText } from '../../components/markdown-text';
import { PageSection } from '../../components/page-section';
import { ProblemAlert } from '../../components/problem-alert';
import { RelativeTime } from '../../components/relative-time';
import type { Project } from '../../lib/api-types';
import { MarkdownInput } from './markdown-input';

/** The guidelines in force; an admin publishes a new version, which labelers see from then on. */
export function GuidelinesSection({ project }: { project: Project }) {
  const [isEditing, { open, close }] = useDisclosure(false);
  const { guidelines, role } = project;
  return (
    <PageSection
      title="Guidelines"
      description={
        <>
          Version {guidelines.number}, published <RelativeTime at={guidelines.created_at} />
        </>
      }
      actions={
        role === 'admin' &&
        !isEditing && (
          <Button variant="default" size="xs" onClick={open}>
            Edit
          </Button>
        )
      }
    >
      {isEditing ? (
        <GuidelinesEditor project={project} onClose={close} />
      ) : guidelines.text.trim() ? (
        <MarkdownText text={guidelines.text} links="open" />
      ) : (
        <Text c="dimmed">No guidelines yet. Say what makes one completion better than another.</Text>
      )}
    </PageSection>
  );
}

function GuidelinesEditor({ project, onClose }: { project: Project; onClose: () => void }) {
  const [text, setText] = useState(project.guidelines.text);
  const [changes, setChanges] = useState('');
  const queryClient = useQueryClient();
  const publish = useMutation({
    mutationFn: () =>
      answer(
        api.POST('/api/projects/{project_id}/guidelines/', {
          params: { path: { project_id: project.id } },
          body: { text, changes: changes.trim() },
        }),
      ),
    onSuccess: async () => {
      await queryClient.invalidateQueries({ queryKey: projectKey(project.id) });
      onClose();
    },
  });
  return (
    <Stack gap="sm">
      <MarkdownInput
        label="Text of the new version"
        description="Preferences keep the version they were given under."
        value={text}
        onChange={setText}
      />
      <Textarea
        label="What changed"
        description="Shown once, before the next comparison, to everybody who worked under an earlier version. Empty shows nothing."
        value={changes}
        onChange={(event) => setChanges(event.currentTarget.value)}
        maxLength={4000}
        autosize
        minRows={2}
      />
      <ProblemAlert error={publish.error} title="The guidelines were not published" />
      <Group justify="flex-end" gap="xs">
        <Button variant="default" onClick={onClose}>
          Cancel
        </Button>
        <Button
          onClick={() => publish.mutate()}
          loading={publish.isPending}
          disabled={text === project.guidelines.text}
        >
          Publish version {project.guidelines.number + 1}
        </Button>
      </Group>
    </Stack>
  );
}
