import { Stack, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { queueChoiceQuery } from '../../api/data-queries';
import { DataTable } from '../../components/data-table';
import { PageSection } from '../../components/page-section';
import { QueryView } from '../../components/query-view';
import type { QueueChoice } from '../../lib/api-types';
import { countText, numberText, percentText } from '../../lib/number-text';
import { strategyWords } from './data-words';
import { LiveAgreementView } from './live-agreement';

/** How the newest pairs were chosen, where labels are missing, and how well the reward model foresees verdicts. */
export function QueueChoiceSection({ projectId }: { projectId: number }) {
  const query = useQuery(queueChoiceQuery(projectId));
  return (
    <QueryView query={query} what="choice of pairs" rows={6}>
      {(choice) => (
        <>
          <PageSection
            title="How pairs were chosen"
            description="A share of each batch is drawn by chance alone, so that figures stay unbiased."
          >
            <ChosenBy choice={choice} />
          </PageSection>
          <PageSection
            title="Label here next"
            description="Tags of train prompts, the least covered first. Import or write prompts, or raise the priority of waiting ones, where a verdict stands for many prompts."
          >
            <Tags choice={choice} />
          </PageSection>
          <PageSection
            title="Did the reward model foresee the verdicts?"
            description="Pairs that a round chose and people decided since, by the rewards that they were chosen with."
          >
            <LiveAgreementView live={choice.live} />
          </PageSection>
        </>
      )}
    </QueryView>
  );
}

function ChosenBy({ choice }: { choice: QueueChoice }) {
  if (choice.chosen_by.length === 0) return <Text c="dimmed">No round has chosen pairs yet.</Text>;
  const total = choice.chosen_by.reduce((sum, { comparisons }) => sum + comparisons, 0);
  return (
    <Stack gap="xs">
      <DataTable
        caption={`Pairs chosen by round ${choice.round_number}`}
        rows={choice.chosen_by}
        rowKey={({ strategy }) => strategy}
        columns={[
          { key: 'strategy', header: 'Chosen by', cell: ({ strategy }) => strategyWords(strategy) },
          {
            key: 'share',
            header: 'Share',
            numeric: true,
            cell: ({ comparisons }) => `${percentText(comparisons / total)} (${comparisons.toLocaleString('en')})`,
          },
          { key: 'information', header: 'Information', numeric: true, cell: ({ information }) => bits(information) },
          {
            key: 'agreement',
            header: 'Predicted agreement',
            numeric: true,
            cell: ({ agreement }) => percentText(agreement),
          },
          {
            key: 'seconds',
            header: 'Expected labeling time',
            numeric: true,
            cell: ({ seconds }) => (seconds === null ? '–' : `${numberText(seconds)} s`),
          },
          { key: 'inclusion', header: 'Propensity', numeric: true, cell: ({ inclusion }) => numberText(inclusion) },
        ]}
      />
      <Text size="sm" c="dimmed">
        Round {choice.round_number}, means over its {countText(total, 'pair')}. Information: expected of one verdict
        about the reward model, at most 1 bit. Propensity: the chance with which the batch took such a pair.
      </Text>
    </Stack>
  );
}

function bits(nats: number | null): string {
  return nats === null ? '–' : `${numberText(nats / Math.LN2)} bit`;
}

function Tags({ choice }: { choice: QueueChoice }) {
  if (choice.tags.length === 0) return <Text c="dimmed">There are no train prompts yet.</Text>;
  const hidden = choice.tags_total - choice.tags.length;
  return (
    <Stack gap="xs">
      <DataTable
        caption="Coverage by tag"
        rows={choice.tags}
        rowKey={({ tag }) => tag ?? ''}
        columns={[
          { key: 'tag', header: 'Tag', cell: ({ tag }) => tag ?? <Text c="dimmed">no tag</Text> },
          { key: 'prompts', header: 'Prompts', numeric: true, cell: ({ prompts }) => prompts.toLocaleString('en') },
          {
            key: 'labeled',
            header: 'Labeled',
            numeric: true,
            cell: ({ labeled, prompts }) => percentText(labeled / prompts),
          },
          { key: 'verdicts', header: 'Verdicts', numeric: true, cell: ({ verdicts }) => verdicts.toLocaleString('en') },
          {
            key: 'each',
            header: 'Prompts per verdict',
            numeric: true,
            cell: ({ prompts_per_verdict: each }) => numberText(each),
          },
        ]}
      />
      {hidden > 0 && (
        <Text size="sm" c="dimmed">
          {countText(hidden, 'tag')} with better coverage not shown.
        </Text>
      )}
    </Stack>
  );
}
