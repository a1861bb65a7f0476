import { SimpleGrid, Text } from '@mantine/core';
import { DataTable } from '../../components/data-table';
import type { QueueState } from '../../lib/api-types';
import { percentText } from '../../lib/number-text';
import { strategyWords } from './data-words';

interface ShareRow {
  label: string;
  open: number;
}

/** Open places by the policy that wrote the pair and by why it was chosen. */
export function QueueShares({ queue }: { queue: QueueState }) {
  return (
    <SimpleGrid cols={{ base: 1, sm: 2 }}>
      <Shares title="By policy" rows={queue.by_policy.map((row) => ({ label: writer(row), open: row.open }))} />
      <Shares
        title="By strategy"
        rows={queue.by_strategy.map(({ strategy, open }) => ({ label: strategyWords(strategy), open }))}
      />
    </SimpleGrid>
  );
}

function writer({ policy_number: number, of_checkpoint: isCheckpoint }: QueueState['by_policy'][number]): string {
  if (number !== null) return `policy ${number}`;
  return isCheckpoint ? 'checkpoints of a tuning run' : 'imported';
}

function Shares({ title, rows }: { title: string; rows: ShareRow[] }) {
  const total = rows.reduce((sum, { open }) => sum + open, 0);
  if (rows.length === 0) return <Text c="dimmed">{title}: nothing is open.</Text>;
  return (
    <DataTable
      caption={title}
      rows={rows}
      rowKey={({ label }) => label}
      columns={[
        { key: 'label', header: title, cell: ({ label }) => label },
        { key: 'open', header: 'Open', numeric: true, cell: ({ open }) => open.toLocaleString('en') },
        { key: 'share', header: 'Share', numeric: true, cell: ({ open }) => percentText(open / total) },
      ]}
    />
  );
}
