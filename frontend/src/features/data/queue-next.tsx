import { type Column, DataTable } from '../../components/data-table';
import { EmptyState } from '../../components/empty-state';
import { InboxIcon } from '../../components/icons';
import type { QueueState } from '../../lib/api-types';
import { numberText } from '../../lib/number-text';
import classes from './data-text.module.css';
import { strategyWords } from './data-words';
import { PriorityEdit } from './priority-edit';

/** A comparison that waits, with the places of it that are among the next ones. */
type NextRow = QueueState['next'][number] & { places: number };

/** One row for each comparison, in the order of its first place. */
function byComparison(rows: QueueState['next']): NextRow[] {
  const found = new Map<number, NextRow>();
  for (const row of rows) {
    found.set(row.comparison_id, { ...row, places: (found.get(row.comparison_id)?.places ?? 0) + 1 });
  }
  return [...found.values()];
}

/** The comparisons that will be handed out first. */
export function QueueNext({ projectId, rows }: { projectId: number; rows: QueueState['next'] }) {
  if (rows.length === 0) {
    return (
      <EmptyState title="The queue is empty" icon={<InboxIcon />}>
        A round fills it; so do more prompts or a higher overlap in the settings.
      </EmptyState>
    );
  }
  return (
    <DataTable
      caption="Next comparisons"
      columns={columns(projectId)}
      rows={byComparison(rows)}
      rowKey={(row) => row.comparison_id}
    />
  );
}

function columns(projectId: number): Column<NextRow>[] {
  return [
    { key: 'id', header: 'No.', numeric: true, width: 80, cell: (row) => row.comparison_id },
    {
      key: 'prompt',
      header: 'Prompt',
      cell: (row) => (
        <span className={classes.clamped} dir="auto">
          {row.prompt.at(-1)?.content}
        </span>
      ),
    },
    { key: 'places', header: 'Places', numeric: true, cell: (row) => row.places },
    {
      key: 'strategy',
      header: 'Chosen by',
      cell: (row) => <span className={classes.words}>{strategyWords(row.strategy)}</span>,
    },
    {
      key: 'priority',
      header: 'Priority',
      numeric: true,
      cell: (row) => <PriorityEdit projectId={projectId} comparisonId={row.comparison_id} priority={row.priority} />,
    },
    { key: 'propensity', header: 'Propensity', numeric: true, cell: (row) => numberText(row.propensity) },
  ];
}
