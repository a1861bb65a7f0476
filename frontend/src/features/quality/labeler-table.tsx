import { Table, Text, UnstyledButton } from '@mantine/core';
import { useState } from 'react';
import { IntervalBar } from '../../components/interval-bar';
import { StatusText } from '../../components/status-text';
import { TableScroll } from '../../components/table-scroll';
import type { Interval, LabelerQuality } from '../../lib/api-types';
import classes from './labeler-table.module.css';
import { type Sorting, type SortKey, signalWords, sortedLabelers } from './quality-words';

interface LabelerTableProps {
  labelers: readonly LabelerQuality[];
  onOpen: (userId: number) => void;
}

const COLUMNS: readonly { key: SortKey; label: string }[] = [
  { key: 'username', label: 'Labeler' },
  { key: 'verdicts', label: 'Verdicts' },
  { key: 'gold', label: 'Known pairs' },
  { key: 'consistency', label: 'Consistency' },
  { key: 'agreement', label: 'Agreement' },
  { key: 'reliability', label: 'Reliability η' },
  { key: 'flags', label: 'Flags' },
];

/** The labelers with their most telling figures, sorted by a click on a heading; a name opens everything. */
export function LabelerTable({ labelers, onOpen }: LabelerTableProps) {
  const [sorting, setSorting] = useState<Sorting>({ key: 'flags', descending: true });
  const sortBy = (key: SortKey) =>
    setSorting({ key, descending: sorting.key === key ? !sorting.descending : key !== 'username' });
  return (
    <TableScroll label="Labelers">
      <Table highlightOnHover>
        <Table.Caption hidden>Labelers</Table.Caption>
        <Table.Thead>
          <Table.Tr>
            {COLUMNS.map(({ key, label }) => (
              <Table.Th key={key} scope="col" aria-sort={sortState(sorting, key)}>
                <UnstyledButton className={classes.sort} onClick={() => sortBy(key)}>
                  {label}
                  <span aria-hidden>{sorting.key === key ? (sorting.descending ? ' ↓' : ' ↑') : ''}</span>
                </UnstyledButton>
              </Table.Th>
            ))}
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {sortedLabelers(labelers, sorting).map((labeler) => (
            <Table.Tr key={labeler.user_id}>
              <Table.Td>
                <UnstyledButton className={classes.name} onClick={() => onOpen(labeler.user_id)}>
                  {labeler.username}
                </UnstyledButton>
                {labeler.paused_at && <StatusText tone="warn">paused</StatusText>}
              </Table.Td>
              <Table.Td className="tabular">{labeler.verdicts.toLocaleString('en')}</Table.Td>
              <IntervalCell interval={labeler.gold} />
              <IntervalCell interval={labeler.consistency} />
              <IntervalCell interval={labeler.agreement_with_others} />
              <IntervalCell interval={labeler.reliability} normal={0.5} />
              <Table.Td>
                {labeler.flags.length > 0 ? (
                  <StatusText tone="bad">{labeler.flags.map(signalWords).join(', ')}</StatusText>
                ) : (
                  '–'
                )}
              </Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </TableScroll>
  );
}

function IntervalCell({ interval, normal }: { interval: Interval | null; normal?: number }) {
  if (!interval) return <Table.Td>–</Table.Td>;
  return (
    <Table.Td className={classes.figure}>
      {Math.round(interval.value * 100)} %
      <Text size="xs" c="dimmed">
        ({Math.round(interval.low * 100)}–{Math.round(interval.high * 100)}, n = {interval.n})
      </Text>
      <IntervalBar interval={interval} normal={normal} />
    </Table.Td>
  );
}

function sortState(sorting: Sorting, key: SortKey): 'ascending' | 'descending' | 'none' {
  if (sorting.key !== key) return 'none';
  return sorting.descending ? 'descending' : 'ascending';
}
