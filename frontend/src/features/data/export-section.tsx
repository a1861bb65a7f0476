import { Group, Radio, Stack, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { type ExportChoice, exportManifestQuery } from '../../api/data-queries';
import { DownloadButton } from '../../components/download-button';
import { type Fact, FactList } from '../../components/fact-list';
import { PageSection } from '../../components/page-section';
import { QueryView } from '../../components/query-view';
import type { ExportManifest } from '../../lib/api-types';
import { capitalised } from '../../lib/capitalised';
import { countText } from '../../lib/number-text';

/** Offers the project’s preferences as a file, with what the chosen format cannot carry. */
export function ExportSection({ projectId }: { projectId: number }) {
  const [choice, setChoice] = useState<ExportChoice>({ format: 'trl', ties: 'drop' });
  const query = useQuery(exportManifestQuery(projectId, choice));
  return (
    <PageSection title="Export preferences" description="One JSON row per preference; undone ones are left out.">
      <Stack gap="md">
        <Radio.Group
          label="Format"
          value={choice.format}
          onChange={(value) => setChoice({ ...choice, format: value === 'full' ? 'full' : 'trl' })}
        >
          <Stack gap="xs" mt="xs">
            <Radio
              value="trl"
              label="TRL"
              description="Prompt, chosen, rejected and margin, as TRL’s reward trainer reads it. Rankings become their pairs."
            />
            <Radio
              value="full"
              label="Everything"
              description="Completions in stored order with every answer, policy numbers, form and guidelines; labelers are numbered, not named."
            />
          </Stack>
        </Radio.Group>
        {choice.format === 'trl' && (
          <Radio.Group
            label="Ties"
            value={choice.ties}
            onChange={(value) => setChoice({ ...choice, ties: value === 'both' ? 'both' : 'drop' })}
          >
            <Stack gap="xs" mt="xs">
              <Radio value="drop" label="Leave them out" description="The format has no word for a tie." />
              <Radio
                value="both"
                label="Write them both ways"
                description="Two rows with margin 0, each completion chosen once."
              />
            </Stack>
          </Radio.Group>
        )}
        <QueryView query={query} what="manifest" rows={2}>
          {(manifest) => (
            <>
              <FactList facts={factsOf(manifest, choice)} />
              {manifest.rows === 0 ? (
                <Text size="sm" c="dimmed">
                  Nothing to download yet.
                </Text>
              ) : (
                <Group>
                  <DownloadButton
                    href={`/api/projects/${projectId}/export/?format=${choice.format}&ties=${choice.ties}`}
                  >
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

const LEFT_OUT: Record<string, string> = {
  gold: 'Known pairs',
  repeat: 'Pairs asked again',
  mirrored: 'Pairs asked again mirrored',
  panel: 'Old against new policy',
  excluded: 'Excluded',
  mistake: 'Reviewed as mistakes',
  unclear: 'Reviewed as unclear',
};

function factsOf(manifest: ExportManifest, { format }: ExportChoice): Fact[] {
  const fact = (label: string, n: number) => ({ label, value: n.toLocaleString('en') });
  const leftOut = Object.entries(manifest.left_out ?? {}).map(([reason, n]) =>
    fact(`${LEFT_OUT[reason] ?? capitalised(reason.replaceAll('_', ' '))} left out`, n),
  );
  const dropped =
    format === 'full'
      ? []
      : [
          fact('Ties left out', manifest.ties_dropped),
          fact('“Both bad” left out', manifest.both_bad_dropped),
          fact('“Cannot judge” left out', manifest.cannot_judge_dropped),
        ];
  return [fact('Rows', manifest.rows), ...dropped, ...leftOut];
}
