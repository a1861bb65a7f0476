import { Stack, Text } from '@mantine/core';
import { useInfiniteQuery } from '@tanstack/react-query';
import { formListQuery } from '../../api/project-queries';
import { PageSection } from '../../components/page-section';
import { PagedView } from '../../components/paged-view';
import { RelativeTime } from '../../components/relative-time';
import type { FormVersion } from '../../lib/api-types';
import { FormDifferenceList } from './form-difference-list';
import { formDifferences, overallWords } from './form-differences';

/** Every published version with what it changed; preferences name the one they were given under. */
export function FormVersions({ projectId }: { projectId: number }) {
  const query = useInfiniteQuery(formListQuery(projectId));
  return (
    <PageSection title="Versions" description="Preferences keep the version they were given under.">
      <PagedView query={query} what="versions" empty={<Text c="dimmed">No version yet.</Text>}>
        {(rows) => (
          <Stack component="ol" gap="sm" m={0} p={0} style={{ listStyle: 'none' }}>
            {rows.map((version, index) => (
              <li key={version.number}>
                <Text fw={600}>
                  Version {version.number}
                  {index === 0 && ', in force'}{' '}
                  <Text span size="sm" c="dimmed">
                    <RelativeTime at={version.created_at} />
                  </Text>
                </Text>
                <VersionChanges version={version} before={rows[index + 1]} />
              </li>
            ))}
          </Stack>
        )}
      </PagedView>
    </PageSection>
  );
}

function VersionChanges({ version, before }: { version: FormVersion; before: FormVersion | undefined }) {
  if (version.number === 1) return <Text size="sm">The first version: {overallWords(version.form)}.</Text>;
  if (!before) return <Text size="sm">Load more to see what it changed.</Text>;
  return <FormDifferenceList differences={formDifferences(before.form, version.form)} />;
}
