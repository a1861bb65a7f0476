import { Table } from '@mantine/core';
import { alignSeries, spreadRows, stepText } from '../lib/series';
import type { ChartSeries } from './line-chart';
import classes from './line-chart.module.css';
import { TableScroll } from './table-scroll';

interface SeriesTableProps {
  title: string;
  xLabel: string;
  series: readonly ChartSeries[];
  valueText: (value: number) => string;
}

const ROWS = 21;

/** The chart's numbers for those who do not see it: at most 21 rows spread over the steps. */
export function SeriesTable({ title, xLabel, series, valueText }: SeriesTableProps) {
  const [steps, ...columns] = alignSeries(series.map(({ points }) => points));
  const bands = series.map(({ band }) => band && { low: new Map(band.low), high: new Map(band.high) });
  const cellText = (step: number, value: number | null | undefined, position: number) => {
    const low = bands[position]?.low.get(step);
    const high = bands[position]?.high.get(step);
    if (value === null || value === undefined) return '–';
    return low === undefined || high === undefined
      ? valueText(value)
      : `${valueText(value)} (${valueText(low)} to ${valueText(high)})`;
  };
  if (steps.length === 0) return null;
  const rows = spreadRows(
    steps.map((step, index) => ({ step, index })),
    ROWS,
  );
  return (
    <details className={classes.details}>
      <summary>Numbers of “{title}”</summary>
      <TableScroll label={`Numbers of ${title}`}>
        <Table fz="xs" tabularNums withRowBorders={false}>
          <Table.Thead>
            <Table.Tr>
              <Table.Th scope="col">{xLabel}</Table.Th>
              {series.map(({ name }) => (
                <Table.Th key={name} scope="col">
                  {name}
                </Table.Th>
              ))}
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {rows.map(({ step, index }) => (
              <Table.Tr key={step}>
                <Table.Td>{stepText(step)}</Table.Td>
                {columns.map((column, position) => (
                  <Table.Td key={series[position]?.name}>{cellText(step, column[index], position)}</Table.Td>
                ))}
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      </TableScroll>
    </details>
  );
}
