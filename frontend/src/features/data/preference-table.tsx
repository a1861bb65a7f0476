import { Table } from '@mantine/core';
import { TableScroll } from '../../components/table-scroll';
import type { QuestionForm, PreferenceRow as Row } from '../../lib/api-types';
import { PreferenceRow } from './preference-row';

interface PreferenceTableProps {
  projectId: number;
  rows: readonly Row[];
  /** The form in force, for the labels of what was said. */
  form: QuestionForm;
}

/** Verdicts as rows that open to the full texts. */
export function PreferenceTable({ projectId, rows, form }: PreferenceTableProps) {
  return (
    <TableScroll label="Preferences">
      <Table>
        <Table.Caption hidden>Preferences</Table.Caption>
        <Table.Thead>
          <Table.Tr>
            <Table.Th scope="col">Prompt</Table.Th>
            <Table.Th scope="col">Verdict</Table.Th>
            <Table.Th scope="col">Person</Table.Th>
            <Table.Th scope="col">Policies</Table.Th>
            <Table.Th scope="col" ta="right">
              Time
            </Table.Th>
            <Table.Th scope="col">Given</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {rows.map((row) => (
            <PreferenceRow key={row.id} projectId={projectId} row={row} form={form} />
          ))}
        </Table.Tbody>
      </Table>
    </TableScroll>
  );
}
