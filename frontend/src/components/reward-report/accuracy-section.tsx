import { Stack, Text } from '@mantine/core';
import type { RewardModelReport } from '../../lib/api-types';
import { countText, numberText } from '../../lib/number-text';
import { type Column, DataTable } from '../data-table';
import { FactList } from '../fact-list';
import { IntervalCell } from './interval-cell';
import { type NaiveRule, naiveRules } from './naive-rules';

const COLUMNS: Column<NaiveRule>[] = [
  { key: 'rule', header: 'Rule', cell: ({ name }) => name },
  {
    key: 'agrees',
    header: 'Agrees with held-out preferences',
    cell: ({ interval }) => <IntervalCell interval={interval} normal={0.5} />,
  },
];

/** Held-out accuracy beside the naive rules and beside what people reach, and what it was measured on. */
export function AccuracySection({ report }: { report: RewardModelReport }) {
  const { ceiling, excluded = {} } = report;
  const rules: NaiveRule[] = [
    { name: 'Reward model', interval: report.accuracy },
    ...naiveRules(report),
    ...(ceiling ? [{ name: 'Another person on the same pair', interval: ceiling }] : []),
  ];
  const left = Object.entries(excluded);
  return (
    <Stack gap="md">
      <DataTable
        caption="Accuracy on held-out preferences"
        columns={COLUMNS}
        rows={rules}
        rowKey={({ name }) => name}
      />
      {ceiling && (
        <Text size="sm" c="dimmed">
          Two people agree on a pair as often as the last row says. A reward model that knows what most of them want
          gets somewhat above that, and no further.
        </Text>
      )}
      <FactList
        facts={[
          { label: 'Log-loss', value: numberText(report.log_loss), note: '0.693 is a coin flip' },
          {
            label: 'Preferences',
            value: report.preferences.toLocaleString('en'),
            note: countText(report.ties, 'tie'),
          },
          {
            label: 'Left out',
            value: left.reduce((sum, [, count]) => sum + count, 0).toLocaleString('en'),
            note: left.map(([reason, count]) => `${count} ${reason.replaceAll('_', ' ')}`).join(', '),
          },
          { label: 'Prior precision', value: numberText(report.prior_precision) },
          { label: 'Held out', value: report.method },
        ]}
      />
    </Stack>
  );
}
