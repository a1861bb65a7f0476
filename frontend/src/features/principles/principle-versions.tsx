import { Stack, Text } from '@mantine/core';
import { useInfiniteQuery } from '@tanstack/react-query';
import { principleVersionsQuery } from '../../api/principle-queries';
import { PageSection } from '../../components/page-section';
import { PagedView } from '../../components/paged-view';
import { RelativeTime } from '../../components/relative-time';
import { ChangeList } from './change-list';

/** Every published version with its note and what it changed. */
export function PrincipleVersions({ projectId }: { projectId: number }) {
  const query = useInfiniteQuery(principleVersionsQuery(projectId));
  return (
    <PageSection title="Versions" description="A round keeps the version that was in force when it began.">
      <PagedView query={query} what="versions" empty={<Text c="dimmed">Nothing was published yet.</Text>}>
        {(rows) => (
          <Stack component="ol" gap="sm" m={0} p={0} style={{ listStyle: 'none' }}>
            {rows.map(({ number, note, changes, created_by: author, created_at: at }, index) => (
              <li key={number}>
                <Text fw={600}>
                  Version {number}
                  {index === 0 && ', in force'}{' '}
                  <Text span size="sm" c="dimmed">
                    {author}, <RelativeTime at={at} />
                  </Text>
                </Text>
                <Text size="sm" dir="auto" style={{ overflowWrap: 'anywhere' }}>
                  {note}
                </Text>
                <ChangeList changes={changes} />
              </li>
            ))}
          </Stack>
        )}
      </PagedView>
    </PageSection>
  );
}
