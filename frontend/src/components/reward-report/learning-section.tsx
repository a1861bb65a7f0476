import { Stack, Text } from '@mantine/core';
import { useMemo } from 'react';
import type { LearningCurve } from '../../lib/api-types';
import { LineChart } from '../line-chart';
import { intervalSeries } from './interval-series';

/** Held-out accuracy by number of preferences, and where it leads. */
export function LearningSection({ curve }: { curve: LearningCurve }) {
  const series = useMemo(() => learningSeries(curve), [curve]);
  return (
    <Stack gap="sm">
      <Text>{curve.says}</Text>
      <LineChart
        title="Held-out accuracy by preferences"
        unit="with 95 % intervals"
        xLabel="preferences"
        series={series}
        as="percent"
      />
    </Stack>
  );
}

/** What was measured, and the forecast from the last measured point on. */
export function learningSeries({ points, forecasts }: LearningCurve) {
  const measured = points.map(({ preferences, accuracy }) => ({ at: preferences, interval: accuracy }));
  const last = measured.at(-1);
  const ahead = last ? forecasts.map(({ more, accuracy }) => ({ at: last.at + more, interval: accuracy })) : [];
  const lines = [intervalSeries('measured', measured)];
  if (last && ahead.length > 0) lines.push(intervalSeries('forecast', [last, ...ahead]));
  return lines;
}
