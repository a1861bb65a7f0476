import { SegmentedControl, Stack, Text } from '@mantine/core';
import { useState } from 'react';
import type { RewardModelReport, SliceFigures } from '../../lib/api-types';
import { numberText, percentText } from '../../lib/number-text';
import { type Column, DataTable } from '../data-table';
import { ShowAll } from '../show-all';
import { StatusText } from '../status-text';
import { IntervalCell } from './interval-cell';
import { weakSlices } from './report-words';
import { orderedSlices, SLICE_ORDERS, type SliceOrder, sliceName } from './slice-order';
import { useLabelerName } from './use-labeler-name';

interface SliceSectionProps {
  report: RewardModelReport;
  projectId: number;
}

/** Accuracy and calibration by tag, labeler and source; the mark on each bar is the accuracy of all. */
export function SliceSection({ report, projectId }: SliceSectionProps) {
  const [order, setOrder] = useState<SliceOrder>('accuracy');
  const nameOf = useLabelerName(projectId);
  const weak = new Set(weakSlices(report).map(({ name }) => name));
  const columns: Column<SliceFigures>[] = [
    { key: 'name', header: 'Part', cell: ({ name }) => sliceName(name, nameOf) },
    {
      key: 'accuracy',
      header: 'Accuracy',
      cell: ({ name, accuracy }) => (
        <IntervalCell interval={accuracy} normal={report.accuracy.value} isBad={weak.has(name)} />
      ),
    },
    {
      key: 'compared',
      header: 'Against all',
      cell: ({ name }) =>
        weak.has(name) ? <StatusText tone="warn">clearly worse</StatusText> : <Text size="sm">–</Text>,
    },
    {
      key: 'error',
      header: 'Calibration error',
      numeric: true,
      cell: ({ calibration_error: error }) => percentText(error),
    },
    { key: 'temperature', header: 'Temperature', numeric: true, cell: ({ temperature }) => numberText(temperature) },
  ];
  return (
    <Stack gap="sm" align="flex-start">
      <SegmentedControl
        size="xs"
        aria-label="Order of the parts"
        data={[...SLICE_ORDERS]}
        value={order}
        onChange={(value) => setOrder(value as SliceOrder)}
      />
      <ShowAll rows={orderedSlices(report.slices ?? [], order)}>
        {(rows) => <DataTable caption="Accuracy by part" columns={columns} rows={rows} rowKey={({ name }) => name} />}
      </ShowAll>
    </Stack>
  );
}
