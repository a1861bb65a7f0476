import { Drawer, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { projectQuery } from '../../api/project-queries';
import { LoadingState } from '../../components/loading-state';
import { MarkdownText } from '../../components/markdown-text';
import { RelativeTime } from '../../components/relative-time';

interface GuidelinesDrawerProps {
  projectId: number;
  opened: boolean;
  onClose: () => void;
}

export function GuidelinesDrawer({ projectId, opened, onClose }: GuidelinesDrawerProps) {
  const project = useQuery(projectQuery(projectId));
  const guidelines = project.data?.guidelines;
  return (
    <Drawer opened={opened} onClose={onClose} position="right" size="lg" title="Guidelines">
      {guidelines ? (
        <>
          <Text size="sm" c="dimmed" mb="md">
            Version {guidelines.number}, <RelativeTime at={guidelines.created_at} />. Each verdict remembers the version
            it was given under.
          </Text>
          {guidelines.text.trim() ? (
            <MarkdownText text={guidelines.text} links="open" />
          ) : (
            <Text>This project has no guidelines yet. Choose the completion that you would rather have received.</Text>
          )}
        </>
      ) : (
        <LoadingState label="Loading the guidelines" />
      )}
    </Drawer>
  );
}
