import { Text } from '@mantine/core';
import { type Column, DataTable } from '../../components/data-table';
import { countText } from '../../lib/number-text';
import type { PreviewRow, PromptPreview } from '../../lib/prompt-preview';
import classes from './prompt-text.module.css';

/** The first rows as the site will read them, and how many there are. */
export function PromptPreviewTable({ preview }: { preview: PromptPreview }) {
  if (preview.rows.length === 0) return null;
  return (
    <div>
      <Text size="sm" c="dimmed" role="status">
        {countText(preview.total, 'row')}; the first {preview.rows.length} as they will be read:
      </Text>
      <DataTable caption="First prompts" columns={COLUMNS} rows={preview.rows} rowKey={({ row }) => row} />
    </div>
  );
}

const COLUMNS: Column<PreviewRow>[] = [
  { key: 'row', header: 'Row', numeric: true, width: 60, cell: ({ row }) => row },
  {
    key: 'text',
    header: 'Prompt',
    cell: ({ text, problem }) =>
      problem ? <span className={classes.problem}>{problem}</span> : <span className={classes.text}>{text}</span>,
  },
];
