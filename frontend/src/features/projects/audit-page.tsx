import { Code } from '@mantine/core';
import { useInfiniteQuery } from '@tanstack/react-query';
import { auditListQuery } from '../../api/project-queries';
import { type Column, DataTable } from '../../components/data-table';
import { EmptyState } from '../../components/empty-state';
import { HistoryIcon } from '../../components/icons';
import { Page } from '../../components/page';
import { PageHeader } from '../../components/page-header';
import { PagedView } from '../../components/paged-view';
import { RelativeTime } from '../../components/relative-time';
import type { AuditRow } from '../../lib/api-types';
import { useNumberParam } from '../../lib/route-params';

/** Who did what to what in this project, newest first. */
export default function AuditPage() {
  const projectId = useNumberParam('id');
  const query = useInfiniteQuery(auditListQuery(projectId));
  return (
    <Page title="Audit">
      <PageHeader title="Audit" description="Every act of an admin and every step the loop took by itself." />
      <PagedView
        query={query}
        what="entries"
        empty={<EmptyState title="Nothing happened yet" icon={<HistoryIcon />} />}
      >
        {(rows) => <DataTable caption="Audit log" columns={COLUMNS} rows={rows} rowKey={(row) => row.id} />}
      </PagedView>
    </Page>
  );
}

const COLUMNS: Column<AuditRow>[] = [
  { key: 'at', header: 'When', cell: (row) => <RelativeTime at={row.at} /> },
  { key: 'actor', header: 'Who', cell: (row) => row.actor ?? 'the loop' },
  { key: 'action', header: 'What', cell: (row) => row.action },
  { key: 'target', header: 'To what', cell: (row) => row.target || '–' },
  {
    key: 'data',
    header: 'Details',
    cell: (row) => (Object.keys(row.data).length > 0 ? <Code>{JSON.stringify(row.data)}</Code> : '–'),
  },
];
