import { Table } from '@mantine/core';
import { numberText } from '../lib/number-text';
import { alignSeries, type Point, spreadRows } from '../lib/series';
import classes from './line-chart.module.css';
import { TableScroll } from './table-scroll';

interface SeriesTableProps {
  title: string;
  xLabel: string;
  series: readonly { name: string; points: readonly Point[] }[];
}

const ROWS = 21;

/** The chart's numbers for those who do not see it: at most 21 rows spread over the steps. */
export function SeriesTable({ title, xLabel, series }: SeriesTableProps) {
  const [steps, ...columns] = alignSeries(series.map(({ points }) => points));
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
                <Table.Td>{step}</Table.Td>
                {columns.map((column, position) => (
                  <Table.Td key={series[position]?.name}>{numberText(column[index])}</Table.Td>
                ))}
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      </TableScroll>
    </details>
  );
}
