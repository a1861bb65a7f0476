import { Stack, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { noveltyQuery } from '../../api/data-queries';
import { projectQuery } from '../../api/project-queries';
import { LineChart } from '../../components/line-chart';
import { PageSection } from '../../components/page-section';
import { QueryView } from '../../components/query-view';
import { TextLink } from '../../components/text-link';
import type { Project, RoundNovelty } from '../../lib/api-types';
import type { Point } from '../../lib/series';
import { NoveltyTable } from './novelty-table';

type Exploration = Project['settings']['queue']['exploration'];

const WAYS: Record<Exploration, { name: string; meaning: string }> = {
  uncertainty: {
    name: 'Uncertainty',
    meaning:
      'Two samples of the policy, chosen where a verdict tells the reward model most. Best while people’s time is what is scarce.',
  },
  passive: {
    name: 'Passive',
    meaning: 'Two samples of the policy by chance. Figures stay unbiased; nothing is sought out.',
  },
  anchored: {
    name: 'Anchored',
    meaning:
      'One sample of the policy against one of the base policy. Verdicts say directly whether tuning helps, and the base policy’s samples keep what it can do in view.',
  },
  xpo: {
    name: 'XPO',
    meaning:
      'Anchored pairs, and tuning by XPO is paid for leaving what the base policy already writes. For what it hardly ever writes, and people might prefer.',
  },
};

/** How pairs are composed, and whether that finds anything new. */
export function QueueExploration({ projectId }: { projectId: number }) {
  const project = useQuery(projectQuery(projectId));
  const novelty = useQuery(noveltyQuery(projectId));
  return (
    <PageSection
      title="Exploration"
      description={
        <>
          What pairs are made of, and how new the policy’s completions are to the base policy.{' '}
          <TextLink to="/projects/$id/settings" params={{ id: String(projectId) }} underline="always" inherit>
            Change the exploration
          </TextLink>
        </>
      }
    >
      <Stack gap="md">
        <QueryView query={project} what="settings" rows={1}>
          {({ settings: { queue } }) => <Way exploration={queue.exploration} />}
        </QueryView>
        <QueryView query={novelty} what="novelty" rows={3}>
          {({ rounds }) => <Novelty rounds={rounds} />}
        </QueryView>
      </Stack>
    </PageSection>
  );
}

function Way({ exploration }: { exploration: Exploration | undefined }) {
  const { name, meaning } = WAYS[exploration ?? 'uncertainty'];
  return (
    <Text maw="75ch">
      <b>{name}.</b> {meaning}
    </Text>
  );
}

function Novelty({ rounds }: { rounds: readonly RoundNovelty[] }) {
  if (rounds.length === 0) {
    return <Text c="dimmed">No round has tuned a policy yet; from then on its novelty stands here.</Text>;
  }
  return (
    <>
      {rounds.length > 1 && (
        <LineChart
          title="Novelty by round"
          unit="−log π_base, nats per token"
          xLabel="round"
          series={noveltySeries(rounds)}
        />
      )}
      <NoveltyTable rounds={rounds} />
      <Text size="sm" c="dimmed" maw="75ch">
        Novelty that people prefer is exploration; novelty that they do not prefer is noise. A discovery is a preferred
        completion that is newer than 19 in 20 of the base policy’s own.
      </Text>
    </>
  );
}

function noveltySeries(rounds: readonly RoundNovelty[]) {
  const inOrder = rounds.toSorted((left, right) => left.round_number - right.round_number);
  const line = (name: string, pick: (round: RoundNovelty) => number | null) => ({
    name,
    points: inOrder.flatMap((round): Point[] => {
      const value = pick(round);
      return value === null ? [] : [[round.round_number, value]];
    }),
  });
  return [
    line('policy', ({ policy }) => policy),
    line('base policy', ({ base }) => base),
    line('preferred', ({ preferred }) => preferred),
  ].filter(({ points }) => points.length > 0);
}
