import { Button } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { useInfiniteQuery } from '@tanstack/react-query';
import { promptListQuery } from '../../api/project-queries';
import { type Column, DataTable } from '../../components/data-table';
import { EmptyState } from '../../components/empty-state';
import { PlusIcon, TextIcon } from '../../components/icons';
import { Page } from '../../components/page';
import { PageHeader } from '../../components/page-header';
import { PagedView } from '../../components/paged-view';
import { RelativeTime } from '../../components/relative-time';
import type { PromptRow } from '../../lib/api-types';
import { useNumberParam } from '../../lib/route-params';
import { PromptTags } from './prompt-tags';
import { PromptUpload } from './prompt-upload';
import { PromptWords } from './prompt-words';

/** The project’s prompts, and the way to add more. */
export default function PromptsPage() {
  const projectId = useNumberParam('id');
  const query = useInfiniteQuery(promptListQuery(projectId));
  const [isAdding, { toggle, open }] = useDisclosure(false);
  return (
    <Page title="Prompts">
      <PageHeader
        title="Prompts"
        description="Panel prompts are evaluated on and never trained on; a prompt that is there already is not added twice."
        actions={
          <Button leftSection={<PlusIcon />} aria-expanded={isAdding} onClick={toggle}>
            Add prompts
          </Button>
        }
      />
      {isAdding && <PromptUpload projectId={projectId} />}
      <PagedView
        query={query}
        what="prompts"
        empty={
          <EmptyState
            title="No prompt yet"
            icon={<TextIcon />}
            actions={!isAdding && <Button onClick={open}>Add prompts</Button>}
          >
            The policy writes completions for prompts; labelers compare them.
          </EmptyState>
        }
      >
        {(rows) => (
          <DataTable
            caption="Prompts"
            columns={columns(projectId, knownTags(rows))}
            rows={rows}
            rowKey={(prompt) => prompt.id}
          />
        )}
      </PagedView>
    </Page>
  );
}

function knownTags(rows: readonly PromptRow[]): string[] {
  return [...new Set(rows.flatMap(({ tags }) => tags))].sort((one, other) => one.localeCompare(other));
}

function columns(projectId: number, tags: readonly string[]): Column<PromptRow>[] {
  return [
    { key: 'id', header: 'No.', numeric: true, width: 80, cell: (prompt) => prompt.id },
    { key: 'text', header: 'Prompt', cell: (prompt) => <PromptWords messages={prompt.messages} /> },
    { key: 'split', header: 'Part', cell: (prompt) => prompt.split },
    {
      key: 'tags',
      header: 'Tags',
      cell: (prompt) => <PromptTags projectId={projectId} prompt={prompt} known={tags} />,
    },
    {
      key: 'completions',
      header: 'Completions',
      numeric: true,
      cell: (prompt) => prompt.completions.toLocaleString('en'),
    },
    { key: 'added', header: 'Added', cell: (prompt) => <RelativeTime at={prompt.created_at} /> },
  ];
}
