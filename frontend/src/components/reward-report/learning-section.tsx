import { Stack, Text } from '@mantine/core';
import { useMemo } from 'react';
import type { LearningCurve } from '../../lib/api-types';
import { LineChart } from '../line-chart';
import { intervalSeries } from './interval-series';

interface LearningSectionProps {
  curve: LearningCurve;
  /** All that the reward model was fitted to; forecasts count from here. */
  preferences: number;
}

/** Held-out accuracy by number of preferences, and where it leads. */
export function LearningSection({ curve, preferences }: LearningSectionProps) {
  const series = useMemo(() => learningSeries(curve, preferences), [curve, preferences]);
  return (
    <Stack gap="sm">
      <Text>{curve.says}</Text>
      {curve.points.length > 0 && (
        <LineChart
          title="Held-out accuracy by preferences"
          unit="with 95 % intervals"
          xLabel="preferences"
          series={series}
          as="percent"
        />
      )}
    </Stack>
  );
}

/** What was measured, and the forecast from the last measured point on. */
function learningSeries({ points, forecasts }: LearningCurve, preferences: number) {
  const measured = points.map(({ preferences, accuracy }) => ({ at: preferences, interval: accuracy }));
  const last = measured.at(-1);
  const ahead = last ? forecasts.map(({ more, accuracy }) => ({ at: preferences + more, interval: accuracy })) : [];
  const lines = [intervalSeries('measured', measured)];
  if (last && ahead.length > 0) lines.push(intervalSeries('forecast', [last, ...ahead]));
  return lines;
}
