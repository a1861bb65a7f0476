import { Stack, Text } from '@mantine/core';
import type { PrincipleFigures, Principles } from '../../lib/api-types';
import { countText, numberText } from '../../lib/number-text';
import { type Column, DataTable } from '../data-table';
import { FactList } from '../fact-list';
import { IntervalText } from '../interval-text';
import { TextLink } from '../text-link';
import { IntervalCell } from './interval-cell';

interface PrincipleSectionProps {
  principles: Principles;
  projectId: number;
}

const COLUMNS: Column<PrincipleFigures>[] = [
  { key: 'key', header: 'Principle', cell: ({ key }) => key.replaceAll('_', ' ') },
  { key: 'labels', header: 'Labels', numeric: true, cell: ({ labels }) => labels.toLocaleString('en') },
  {
    key: 'accuracy',
    header: 'Accuracy under it',
    cell: ({ accuracy }) => <IntervalCell interval={accuracy} normal={0.5} />,
  },
  {
    key: 'negated',
    header: 'Under its negation',
    cell: ({ negated_accuracy: negated }) => <IntervalCell interval={negated} normal={0.5} />,
  },
  { key: 'effect', header: 'Weight in use', numeric: true, cell: ({ effect }) => numberText(effect) },
];

/** How the reward obeys each principle, and how often active ones contradict each other. */
export function PrincipleSection({ principles, projectId }: PrincipleSectionProps) {
  const { figures, blind_accuracy: blind, conflicts } = principles;
  return (
    <Stack gap="md">
      <DataTable caption="Principles" columns={COLUMNS} rows={figures} rowKey={({ key }) => key} />
      <FactList
        facts={[
          {
            label: 'A reward model that cannot read them',
            value: blind ? <IntervalText {...blind} /> : 'not measured',
            note: '50 % is a coin flip',
          },
          {
            label: 'Conflicts',
            value: conflicts.toLocaleString('en'),
            note: `${countText(conflicts, 'held-out pair')} on which two active principles disagree`,
          },
        ]}
      />
      <Text size="sm">
        What they say, and which pairs a change of weights flips, stands on the page of{' '}
        <TextLink to="/projects/$id/principles" params={{ id: String(projectId) }} underline="always" inherit>
          principles
        </TextLink>
        .
      </Text>
    </Stack>
  );
}
