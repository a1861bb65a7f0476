import { type Column, DataTable } from '../../components/data-table';
import { IntervalText } from '../../components/interval-text';
import type { RoundNovelty } from '../../lib/api-types';
import { numberText } from '../../lib/number-text';

const COLUMNS: Column<RoundNovelty>[] = [
  { key: 'round', header: 'Round', numeric: true, width: 80, cell: (row) => row.round_number },
  { key: 'policy', header: 'Novelty, policy', numeric: true, cell: ({ policy }) => numberText(policy) },
  { key: 'base', header: 'Novelty, base policy', numeric: true, cell: ({ base }) => numberText(base) },
  { key: 'preferred', header: 'Novelty, preferred', numeric: true, cell: ({ preferred }) => numberText(preferred) },
  {
    key: 'won',
    header: 'Policy won against base',
    cell: ({ won }) => (won ? <IntervalText {...won} /> : 'not judged'),
  },
  {
    key: 'discoveries',
    header: 'Discoveries',
    numeric: true,
    cell: ({ discoveries }) => (discoveries === null ? 'too few to tell' : discoveries.toLocaleString('en')),
  },
];

/** Mean −log π_base per token of each round's completions, and what people preferred of them. */
export function NoveltyTable({ rounds }: { rounds: readonly RoundNovelty[] }) {
  return <DataTable caption="Novelty by round" columns={COLUMNS} rows={rounds} rowKey={(row) => row.round_number} />;
}
