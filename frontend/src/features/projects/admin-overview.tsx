import { Group, Progress, Stack, Text } from '@mantine/core';
import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { rowsOf } from '../../api/pages';
import { roundListQuery, roundPreviewQuery } from '../../api/round-queries';
import { ButtonLink } from '../../components/button-link';
import { PageHeader } from '../../components/page-header';
import { PageSection } from '../../components/page-section';
import { StartRound } from '../../components/start-round';
import type { Project, RoundPreview } from '../../lib/api-types';
import { isFinalRound } from '../../lib/round-steps';
import { settingAt } from '../../lib/settings-document';
import { ActivitySection } from './activity-section';
import { AttentionSection } from './attention-section';
import { GuidelinesSection } from './guidelines-section';
import { LatestRound } from './latest-round';
import { LoopDiagram } from './loop-diagram';
import { loopNodes, nextStep, waitsForAdmin } from './next-step';

const REFRESH_MS = 5000;

/** The loop with live counts, the next thing to do, the last round’s effect, and who labels. */
export function AdminOverview({ project }: { project: Project }) {
  const rounds = useInfiniteQuery({ ...roundListQuery(project.id), refetchInterval: REFRESH_MS });
  const preview = useQuery({ ...roundPreviewQuery(project.id), refetchInterval: REFRESH_MS });
  const list = rowsOf(rounds.data);
  const newest = list[0];
  const evaluated = list.find((round) => round.reports.evaluation !== null);
  const next = nextStep(project, preview.data, newest);
  return (
    <>
      <PageHeader
        title={project.name}
        description={project.description}
        actions={<StartRound projectId={project.id} />}
      />
      <PageSection title={next.title} description={next.detail}>
        <Stack gap="md">
          {preview.data && <PreferenceProgress preview={preview.data} />}
          <LoopDiagram nodes={loopNodes(project, newest)} />
          <Group justify="space-between" gap="sm">
            <Text size="sm" c="dimmed">
              {autoRoundText(project)}
            </Text>
            <Group gap="xs">
              {newest && !isFinalRound(newest.status) && (
                <ButtonLink
                  variant={waitsForAdmin(newest) ? 'filled' : 'default'}
                  size="xs"
                  to="/projects/$id/rounds/$roundId"
                  params={{ id: String(project.id), roundId: String(newest.id) }}
                >
                  {waitsForAdmin(newest) ? 'Decide on' : 'Watch'} round {newest.number}
                </ButtonLink>
              )}
              <ButtonLink variant="default" size="xs" to="/projects/$id/label" params={{ id: String(project.id) }}>
                Label
              </ButtonLink>
            </Group>
          </Group>
        </Stack>
      </PageSection>
      <AttentionSection projectId={project.id} />
      {evaluated && <LatestRound projectId={project.id} roundId={evaluated.id} />}
      <ActivitySection projectId={project.id} />
      <GuidelinesSection project={project} />
    </>
  );
}

function PreferenceProgress({ preview }: { preview: RoundPreview }) {
  if (preview.need === 0 || preview.preferences >= preview.need) return null;
  const label = `${preview.preferences} of ${preview.need} preferences`;
  return (
    <Progress.Root size="sm">
      <Progress.Section value={(100 * preview.preferences) / preview.need} aria-label={label} />
    </Progress.Root>
  );
}

function autoRoundText(project: Project): string {
  const every = settingAt(project.settings, 'rounds.auto_every');
  if (typeof every !== 'number')
    return 'A round starts by the button; the settings can also start one after a number of new preferences.';
  const left = every - project.counts.preferences_since_round;
  return left > 0
    ? `The next round starts by itself after ${left} more preferences.`
    : `A round starts by itself every ${every} new preferences.`;
}
