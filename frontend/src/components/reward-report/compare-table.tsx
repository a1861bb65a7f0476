import { Stack, Text } from '@mantine/core';
import type { RewardModelReport } from '../../lib/api-types';
import { numberText, percentText } from '../../lib/number-text';
import { type Column, DataTable } from '../data-table';
import { StatusText } from '../status-text';
import { type CompareRow, compareRows, type Figure, type FigureKind } from './compare-rows';
import { IntervalCell } from './interval-cell';
import { probeScale } from './probe-words';

const TEXTS: Record<FigureKind, (value: number) => string> = {
  percent: percentText,
  count: (value) => value.toLocaleString('en'),
  number: numberText,
};

interface Version {
  name: string;
  report: RewardModelReport;
}

interface CompareTableProps {
  one: Version;
  other: Version;
}

/** The figures of two reward models side by side. */
export function CompareTable({ one, other }: CompareTableProps) {
  const scale = probeScale([...(one.report.probes ?? []), ...(other.report.probes ?? [])]);
  const cell = (figure: Figure | null, as: FigureKind) => {
    if (!figure) return '–';
    if (!figure.interval) return TEXTS[as](figure.value);
    return as === 'percent' ? (
      <IntervalCell interval={figure.interval} normal={0.5} />
    ) : (
      <IntervalCell interval={figure.interval} as="number" scale={scale} normal={0} />
    );
  };
  const columns: Column<CompareRow>[] = [
    { key: 'label', header: 'Figure', cell: ({ label }) => label },
    { key: 'one', header: one.name, cell: (row) => cell(row.one, row.as) },
    { key: 'other', header: other.name, cell: (row) => cell(row.other, row.as) },
    { key: 'change', header: 'Change', numeric: true, cell: ({ change }) => change },
    {
      key: 'apart',
      header: 'Intervals',
      cell: ({ apart }) =>
        apart === null ? (
          ''
        ) : (
          <StatusText tone={apart ? 'active' : 'neutral'}>{apart ? 'apart' : 'overlap'}</StatusText>
        ),
    },
  ];
  return (
    <Stack gap="xs" mb="lg">
      <DataTable
        caption={`${one.name} beside ${other.name}`}
        columns={columns}
        rows={compareRows(one.report, other.report)}
        rowKey={({ key }) => key}
      />
      <Text size="sm" c="dimmed">
        Each was measured on its own held-out preferences, so a small change may be that of the pairs; “Drift” holds a
        version against its predecessor on the same pairs.
      </Text>
    </Stack>
  );
}
