import { Stack, Text } from '@mantine/core';
import { useMemo } from 'react';
import type { Smoothing } from '../../lib/api-types';
import { countText, numberText, percentText } from '../../lib/number-text';
import type { Point } from '../../lib/series';
import { CountBars } from '../count-bars';
import { type Column, DataTable } from '../data-table';
import { FactList } from '../fact-list';
import { LineChart } from '../line-chart';
import { ShowAll } from '../show-all';
import { TextLink } from '../text-link';

interface SmoothingSectionProps {
  smoothing: Smoothing;
  projectId: number;
}

type Refused = Smoothing['refused'][number];

/** Training on smoothed labels beside training on the verdicts as given, and which verdicts it does not believe. */
export function SmoothingSection({ smoothing, projectId }: SmoothingSectionProps) {
  const { curve, movement, refused } = smoothing;
  const series = useMemo(
    () => [
      { name: 'smoothed', points: curve.map(({ step, smoothed }): Point => [step, smoothed]) },
      { name: 'as given', points: curve.map(({ step, plain }): Point => [step, plain]) },
    ],
    [curve],
  );
  const moved = movement.reduce((sum, { n }) => sum + n, 0);
  return (
    <Stack gap="md">
      <FactList
        facts={[
          { label: 'Smoothed: last loss', value: `${numberText(smoothing.smoothed_ratio)} ×`, note: 'of its least' },
          { label: 'As given: last loss', value: `${numberText(smoothing.plain_ratio)} ×`, note: 'of its least' },
        ]}
      />
      <LineChart title="Held-out cross-entropy" unit="nats" series={series} />
      <CountBars
        title={`How far labels moved from the verdicts, from 0 (left) to 1 (right): ${countText(moved, 'label')}`}
        bars={movement.map(({ low, high, n }) => ({ label: `${numberText(low)} to ${numberText(high)}`, n }))}
      />
      {refused.length > 0 && <RefusedLabels refused={refused} projectId={projectId} />}
    </Stack>
  );
}

function RefusedLabels({ refused, projectId }: { refused: readonly Refused[]; projectId: number }) {
  return (
    <div>
      <Text fw={600} size="sm">
        Verdicts that the model refuses to believe
      </Text>
      <Text size="sm" c="dimmed" mb="xs">
        Where many preferences share the prompt, a mistake is likely; where few do, compare more. Both are settled in
        the{' '}
        <TextLink
          to="/projects/$id/review"
          params={{ id: String(projectId) }}
          search={{ kind: 'contradiction' } as never}
          underline="always"
          inherit
        >
          review room
        </TextLink>
        .
      </Text>
      <ShowAll rows={refused}>
        {(rows) => (
          <DataTable caption="Refused verdicts" columns={COLUMNS} rows={rows} rowKey={({ preference_id: id }) => id} />
        )}
      </ShowAll>
    </div>
  );
}

const COLUMNS: Column<Refused>[] = [
  { key: 'preference', header: 'Preference', cell: ({ preference_id: id }) => id },
  { key: 'soft', header: 'Believed in the end', numeric: true, cell: ({ soft_label: soft }) => percentText(soft) },
  { key: 'support', header: 'Preferences on the prompt', numeric: true, cell: ({ support }) => support },
];
