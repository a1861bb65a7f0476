import { SegmentedControl, Stack, Text } from '@mantine/core';
import { useMemo, useState } from 'react';
import type { BestOfNPoint, RewardModelReport } from '../../lib/api-types';
import { countText } from '../../lib/number-text';
import { LineChart } from '../line-chart';
import { Notice } from '../notice';
import { intervalSeries } from './interval-series';
import { overoptimisedFrom } from './report-words';

const AXES = [
  { value: 'kl', label: 'By √KL' },
  { value: 'n', label: 'By n' },
];

/** How often people prefer the best of n completions, chosen by the reward model, to a random one. */
export function BestOfNSection({ report }: { report: RewardModelReport }) {
  const [axis, setAxis] = useState('kl');
  const points = report.best_of_n ?? [];
  const series = useMemo(() => [winSeries(report.best_of_n ?? [], axis)], [report.best_of_n, axis]);
  const turn = overoptimisedFrom(report);
  return (
    <Stack gap="sm" align="stretch">
      <SegmentedControl
        size="xs"
        w="fit-content"
        aria-label="Axis of best of n"
        data={AXES}
        value={axis}
        onChange={setAxis}
      />
      <LineChart
        title="Best of n against a random completion"
        unit="judged by people"
        xLabel={axis === 'kl' ? '√KL to the policy' : 'n, completions chosen among'}
        series={series}
        as="percent"
      />
      <Text size="sm" c="dimmed">
        Judged on {countText(Math.max(0, ...points.map(({ prompts }) => prompts)), 'prompt')}; 50 % is no gain.
      </Text>
      {turn !== null && (
        <Notice tone="bad" title={`Choosing among ${turn} is clearly worse than among fewer`}>
          The reward model is gamed from there on. Keep the policy nearer to its reference (a higher KL penalty), and
          label pairs of its newest samples.
        </Notice>
      )}
    </Stack>
  );
}

function winSeries(points: readonly BestOfNPoint[], axis: string) {
  const placed = points.map(({ n, kl, win_rate: interval }) => ({
    at: axis === 'kl' ? Math.sqrt(Math.max(0, kl)) : n,
    interval,
  }));
  return intervalSeries('preferred to a random one', placed);
}
