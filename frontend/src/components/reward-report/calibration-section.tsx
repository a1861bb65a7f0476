import { Stack, Text } from '@mantine/core';
import type { RewardModelReport } from '../../lib/api-types';
import { countText, numberText, percentText } from '../../lib/number-text';
import { FactList } from '../fact-list';
import { CalibrationPlot } from './calibration-plot';
import classes from './calibration-section.module.css';
import { temperatureWords } from './report-words';

/** Predicted against observed shares, of all held-out pairs and of those where a policy will go. */
export function CalibrationSection({ report }: { report: RewardModelReport }) {
  const { top_decile: top } = report;
  return (
    <Stack gap="md">
      <div className={classes.plots}>
        <CalibrationPlot title="All held-out pairs" bins={report.calibration} />
        {top && <CalibrationPlot title="Top tenth of rewards" bins={top.calibration} />}
        <FactList
          facts={[
            {
              label: 'Calibration error',
              value: percentText(report.calibration_error),
              note: 'mean distance from the diagonal',
            },
            {
              label: 'In the top tenth',
              value: top ? percentText(top.calibration_error) : 'too few pairs',
              note: top && countText(top.n, 'pair'),
            },
            {
              label: 'Temperature',
              value: numberText(report.temperature),
              note: temperatureWords(report.temperature),
            },
          ]}
        />
      </div>
      <Text size="sm" c="dimmed">
        Lines around the dots are 95 % intervals of what was observed; the diagonal is what was promised.
      </Text>
    </Stack>
  );
}
