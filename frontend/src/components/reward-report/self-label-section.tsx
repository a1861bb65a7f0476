import { Stack, Text } from '@mantine/core';
import type { SelfLabels } from '../../lib/api-types';
import { type Column, DataTable } from '../data-table';
import { StatusText } from '../status-text';
import { AuditedPairs } from './audited-pairs';
import { IntervalCell } from './interval-cell';
import { changeText } from './report-words';

type Loop = SelfLabels['loops'][number];

const COLUMNS: Column<Loop>[] = [
  { key: 'loop', header: 'Loop', cell: ({ loop }) => loop },
  { key: 'status', header: 'Stage', cell: ({ status }) => status },
  { key: 'admitted', header: 'Admitted', numeric: true, cell: ({ admitted }) => admitted.toLocaleString('en') },
  { key: 'remaining', header: 'Remaining', numeric: true, cell: ({ remaining }) => remaining.toLocaleString('en') },
  { key: 'accuracy', header: 'Held-out accuracy', cell: ({ accuracy }) => <IntervalCell interval={accuracy} /> },
  {
    key: 'change',
    header: 'Change',
    cell: ({ change }) => <span className="tabular">{change ? changeText(change) : '–'}</span>,
  },
  {
    key: 'kept',
    header: 'Outcome',
    cell: ({ kept }) => <StatusText tone={kept ? 'good' : 'warn'}>{kept ? 'kept' : 'rolled back'}</StatusText>,
  },
];

interface SelfLabelSectionProps {
  found: SelfLabels;
  modelId: number | null;
}

/** The loops in which the model labeled pairs itself, and what people say of those. */
export function SelfLabelSection({ found, modelId }: SelfLabelSectionProps) {
  return (
    <Stack gap="md">
      <DataTable caption="Loops of self-labeling" columns={COLUMNS} rows={found.loops} rowKey={({ loop }) => loop} />
      <Text size="sm">{found.stopped}</Text>
      {modelId !== null && <AuditedPairs modelId={modelId} />}
    </Stack>
  );
}
