import { Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { projectCardQuery } from '../../api/card-queries';
import { PageSection } from '../../components/page-section';

/** To whom a labeler can turn about a label or the model; nothing where the project does not say. */
export function AppealNote({ projectId }: { projectId: number }) {
  const card = useQuery(projectCardQuery(projectId));
  const { appeal, contact } = card.data?.statement ?? {};
  if (!appeal && !contact) return null;
  return (
    <PageSection title="You disagree?">
      {appeal && <Text style={{ whiteSpace: 'pre-wrap' }}>{appeal}</Text>}
      {contact && (
        <Text size="sm" c="dimmed" mt="xs">
          Contact: {contact}
        </Text>
      )}
    </PageSection>
  );
}
