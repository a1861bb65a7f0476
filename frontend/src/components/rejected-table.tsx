import { Text } from '@mantine/core';
import type { RejectedRow } from '../lib/api-types';
import { countText } from '../lib/number-text';
import { type Column, DataTable } from './data-table';

interface RejectedTableProps {
  rows: readonly RejectedRow[];
  /** All rejected rows; the list may hold only the first of them. */
  total: number;
}

/** Rows of a file that could not be used, each with its number and the reason. */
export function RejectedTable({ rows, total }: RejectedTableProps) {
  if (total === 0) return null;
  return (
    <>
      <Text size="sm" mt="sm">
        {countText(total, 'row was', 'rows were')} not used
        {total > rows.length && `; the first ${rows.length} are listed`}. All others were kept.
      </Text>
      <DataTable
        caption="Rows that were not used"
        columns={COLUMNS}
        rows={rows}
        rowKey={(row) => `${row.row} ${row.message}`}
      />
    </>
  );
}

const COLUMNS: Column<RejectedRow>[] = [
  { key: 'row', header: 'Row', numeric: true, width: 80, cell: ({ row }) => row.toLocaleString('en') },
  { key: 'message', header: 'Why', cell: ({ field, message }) => (field ? `${field}: ${message}` : message) },
];
