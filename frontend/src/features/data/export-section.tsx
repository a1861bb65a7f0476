import { Group, Radio, Stack } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { exportManifestQuery } from '../../api/data-queries';
import { DownloadButton } from '../../components/download-button';
import { FactList } from '../../components/fact-list';
import { PageSection } from '../../components/page-section';
import { QueryView } from '../../components/query-view';
import { countText } from '../../lib/number-text';

type Ties = 'drop' | 'both';

/** Offers the project’s preferences as TRL rows, with what the format cannot carry. */
export function ExportSection({ projectId }: { projectId: number }) {
  const [ties, setTies] = useState<Ties>('drop');
  const query = useQuery(exportManifestQuery(projectId, ties));
  return (
    <PageSection
      title="Export preferences"
      description="One JSON row per preference with prompt, chosen, rejected and margin, as TRL’s reward trainer reads it."
    >
      <Stack gap="md">
        <Radio.Group label="Ties" value={ties} onChange={(value) => setTies(value === 'both' ? 'both' : 'drop')}>
          <Stack gap="xs" mt="xs">
            <Radio value="drop" label="Leave them out" description="The format has no word for a tie." />
            <Radio
              value="both"
              label="Write them both ways"
              description="Two rows with margin 0, each completion chosen once."
            />
          </Stack>
        </Radio.Group>
        <QueryView query={query} what="manifest" rows={2}>
          {(manifest) => (
            <>
              <FactList
                facts={[
                  { label: 'Rows', value: manifest.rows.toLocaleString('en') },
                  { label: 'Ties left out', value: manifest.ties_dropped.toLocaleString('en') },
                  { label: '“Both bad” left out', value: manifest.both_bad_dropped.toLocaleString('en') },
                  { label: '“Cannot judge” left out', value: manifest.cannot_judge_dropped.toLocaleString('en') },
                ]}
              />
              {manifest.rows > 0 && (
                <Group>
                  <DownloadButton href={`/api/projects/${projectId}/export/?format=trl&ties=${ties}`}>
                    Download {countText(manifest.rows, 'row')}
                  </DownloadButton>
                </Group>
              )}
            </>
          )}
        </QueryView>
      </Stack>
    </PageSection>
  );
}
