import { List, Stack, Text } from '@mantine/core';
import { useInfiniteQuery } from '@tanstack/react-query';
import { cardVersionsQuery } from '../../api/card-queries';
import { PageSection } from '../../components/page-section';
import { PagedView } from '../../components/paged-view';
import { RelativeTime } from '../../components/relative-time';
import { ChangedWords } from './changed-words';

/** Every version of the card, who wrote it and what it changed. */
export function CardVersions({ modelId }: { modelId: number }) {
  const query = useInfiniteQuery(cardVersionsQuery(modelId));
  return (
    <PageSection title="Versions" description="What this reward model's own card said before.">
      <PagedView
        query={query}
        what="versions"
        empty={<Text c="dimmed">It has no version of its own yet: it says what the project says.</Text>}
      >
        {(rows) => (
          <Stack component="ol" gap="sm" m={0} p={0} style={{ listStyle: 'none' }}>
            {rows.map(({ number, note, changes, created_by: author, created_at: at }) => (
              <li key={number}>
                <Text fw={600}>
                  Version {number}{' '}
                  <Text span size="sm" c="dimmed">
                    by {author} <RelativeTime at={at} />
                  </Text>
                </Text>
                {note && <Text size="sm">“{note}”</Text>}
                <List size="sm">
                  {changes.map(({ title, before, after }) => (
                    <List.Item key={title}>
                      {title}: <ChangedWords before={before} after={after} />
                    </List.Item>
                  ))}
                </List>
              </li>
            ))}
          </Stack>
        )}
      </PagedView>
    </PageSection>
  );
}
