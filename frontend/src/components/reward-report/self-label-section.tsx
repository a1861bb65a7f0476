import { Stack, Text } from '@mantine/core';
import type { SelfLabels } from '../../lib/api-types';
import { countText } from '../../lib/number-text';
import { type Column, DataTable } from '../data-table';
import { StatusText } from '../status-text';
import { IntervalCell } from './interval-cell';

type Loop = SelfLabels['loops'][number];

const COLUMNS: Column<Loop>[] = [
  { key: 'loop', header: 'Loop', cell: ({ loop }) => loop },
  { key: 'status', header: 'Stage', cell: ({ status }) => status },
  { key: 'admitted', header: 'Admitted', numeric: true, cell: ({ admitted }) => admitted.toLocaleString('en') },
  { key: 'remaining', header: 'Remaining', numeric: true, cell: ({ remaining }) => remaining.toLocaleString('en') },
  { key: 'accuracy', header: 'Held-out accuracy', cell: ({ accuracy }) => <IntervalCell interval={accuracy} /> },
  {
    key: 'kept',
    header: 'Outcome',
    cell: ({ kept }) => <StatusText tone={kept ? 'good' : 'warn'}>{kept ? 'kept' : 'rolled back'}</StatusText>,
  },
];

/** The loops in which the model labeled pairs itself, and what people say of those. */
export function SelfLabelSection({ found }: { found: SelfLabels }) {
  return (
    <Stack gap="sm">
      <DataTable caption="Loops of self-labeling" columns={COLUMNS} rows={found.loops} rowKey={({ loop }) => loop} />
      <Text size="sm">
        {found.stopped} {countText(found.audited, 'self-labeled pair')} of the kept loops{' '}
        {found.audited === 1 ? 'goes' : 'go'} to labelers unseen.
      </Text>
    </Stack>
  );
}
