import { Stack, Text } from '@mantine/core';
import type { LabelerWeight } from '../../lib/api-types';
import { numberText } from '../../lib/number-text';
import { type Column, DataTable } from '../data-table';
import { ShowAll } from '../show-all';
import { TextLink } from '../text-link';
import { IntervalCell } from './interval-cell';
import { useLabelerName } from './use-labeler-name';

interface LabelerSectionProps {
  labelers: readonly LabelerWeight[];
  projectId: number;
}

const SIDE_SCALE = [-3, 3] as const;

/** How reliable the crowd model finds each labeler, and what their verdicts weigh; the least first. */
export function LabelerSection({ labelers, projectId }: LabelerSectionProps) {
  const nameOf = useLabelerName(projectId);
  const columns: Column<LabelerWeight>[] = [
    {
      key: 'labeler',
      header: 'Labeler',
      cell: ({ annotator }) => (
        <TextLink
          to="/projects/$id/quality"
          params={{ id: String(projectId) }}
          search={{ labeler: annotator } as never}
          underline="always"
        >
          {nameOf(annotator)}
        </TextLink>
      ),
    },
    {
      key: 'reliability',
      header: 'Reliability η',
      cell: ({ reliability }) => <IntervalCell interval={reliability} normal={0.5} isBad={reliability.high < 0.5} />,
    },
    {
      key: 'side',
      header: 'Pull to the left, logits',
      cell: ({ side_bias: bias }) => <IntervalCell interval={bias} as="number" scale={SIDE_SCALE} normal={0} />,
    },
    { key: 'weight', header: 'Mean weight', numeric: true, cell: ({ weight }) => numberText(weight) },
  ];
  return (
    <Stack gap="sm">
      <ShowAll rows={labelers.toSorted((one, other) => one.weight - other.weight)}>
        {(rows) => (
          <DataTable
            caption="Labelers as the reward model weighs them"
            columns={columns}
            rows={rows}
            rowKey={({ annotator }) => annotator}
          />
        )}
      </ShowAll>
      <Text size="sm" c="dimmed">
        η is how often a labeler answers what they see instead of its opposite: 50 % is guessing. The mark on the other
        bar is no pull at all.
      </Text>
    </Stack>
  );
}
