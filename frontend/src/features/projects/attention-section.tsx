import { Group, Stack, Text } from '@mantine/core';
import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { rowsOf } from '../../api/pages';
import { memberListQuery } from '../../api/project-queries';
import { flagListQuery } from '../../api/quality-queries';
import { reviewListQuery } from '../../api/review-queries';
import { roundPreviewQuery } from '../../api/round-queries';
import { ButtonLink } from '../../components/button-link';
import { PageSection } from '../../components/page-section';
import { attentionItems } from './attention-items';

const REFRESH_MS = 15_000;

/** What waits for a person: flags of labelers, comparisons to review, missed warm-ups, stopped self-labels. Nothing where nothing waits. */
export function AttentionSection({ projectId }: { projectId: number }) {
  const flags = useInfiniteQuery({ ...flagListQuery(projectId, true), refetchInterval: REFRESH_MS });
  const reviews = useInfiniteQuery({ ...reviewListQuery(projectId, 'all', 'open'), refetchInterval: REFRESH_MS });
  const members = useInfiniteQuery(memberListQuery(projectId));
  const preview = useQuery({ ...roundPreviewQuery(projectId), refetchInterval: REFRESH_MS });
  const items = attentionItems({
    flags: flags.data?.pages.at(-1)?.total ?? 0,
    reviews: reviews.data?.pages.at(-1)?.total ?? 0,
    members: rowsOf(members.data),
    selfLabelsStopped: preview.data?.self_labels_stopped ?? null,
  });
  if (items.length === 0) return null;
  return (
    <PageSection title="Waiting for you">
      <Stack gap="xs">
        {items.map(({ to, text, act }) => (
          <Group key={to} justify="space-between" gap="sm">
            <Text>{text}</Text>
            <ButtonLink variant="default" size="xs" to={to} params={{ id: String(projectId) }}>
              {act}
            </ButtonLink>
          </Group>
        ))}
      </Stack>
    </PageSection>
  );
}
