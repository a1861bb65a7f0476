import { Stack, Table, Text } from '@mantine/core';
import { FactList } from '../../components/fact-list';
import { IntervalText } from '../../components/interval-text';
import { TableScroll } from '../../components/table-scroll';
import type { Interval, RewardModelReport } from '../../lib/api-types';
import { countText, numberText } from '../../lib/number-text';
import { CalibrationPlot } from './calibration-plot';
import classes from './reward-panel.module.css';

/** How far the reward model can be trusted: held-out accuracy beside the naive rules, log-loss and calibration. */
export function RewardPanel({ report }: { report: RewardModelReport }) {
  return (
    <Stack gap="md">
      <AccuracyTable report={report} />
      <div className={classes.lower}>
        <CalibrationPlot bins={report.calibration} />
        <Stack gap="sm">
          <FactList
            facts={[
              { label: 'Log-loss', value: numberText(report.log_loss), note: '0.693 is a coin flip' },
              { label: 'Calibration error', value: numberText(report.calibration_error), note: '0 is perfect' },
              { label: 'Preferences', value: report.preferences, note: countText(report.ties, 'tie') },
              { label: 'Left out', value: excludedTotal(report), note: excludedText(report) },
            ]}
          />
          <Text size="sm" c="dimmed">
            Held out: {report.method}
          </Text>
        </Stack>
      </div>
    </Stack>
  );
}

function AccuracyTable({ report }: { report: RewardModelReport }) {
  const rows: [string, Interval][] = [
    ['Reward model', report.accuracy],
    ['The longer completion wins', report.baseline_longer],
    ['The first one always wins', report.baseline_always_a],
  ];
  return (
    <TableScroll label="Accuracy on held-out preferences">
      <Table tabularNums>
        <Table.Thead>
          <Table.Tr>
            <Table.Th scope="col">Rule</Table.Th>
            <Table.Th scope="col">Agrees with held-out preferences</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {rows.map(([name, interval]) => (
            <Table.Tr key={name}>
              <Table.Th scope="row" fw={400}>
                {name}
              </Table.Th>
              <Table.Td>
                <IntervalText {...interval} />
              </Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </TableScroll>
  );
}

function excludedTotal(report: RewardModelReport): number {
  return Object.values(report.excluded ?? {}).reduce((sum, count) => sum + count, 0);
}

function excludedText(report: RewardModelReport): string {
  return Object.entries(report.excluded ?? {})
    .map(([reason, count]) => `${count} ${reason.replaceAll('_', ' ')}`)
    .join(', ');
}
