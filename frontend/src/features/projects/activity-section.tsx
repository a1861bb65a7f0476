import { useInfiniteQuery } from '@tanstack/react-query';
import { memberListQuery } from '../../api/project-queries';
import { ButtonLink } from '../../components/button-link';
import { type Column, DataTable } from '../../components/data-table';
import { PageSection } from '../../components/page-section';
import { PagedView } from '../../components/paged-view';
import { RelativeTime } from '../../components/relative-time';
import type { Member } from '../../lib/api-types';

const REFRESH_MS = 15_000;

/** Who labeled how much, and when last. */
export function ActivitySection({ projectId }: { projectId: number }) {
  const query = useInfiniteQuery({ ...memberListQuery(projectId), refetchInterval: REFRESH_MS });
  return (
    <PageSection
      title="Labelers"
      actions={
        <ButtonLink variant="default" size="xs" to="/projects/$id/members" params={{ id: String(projectId) }}>
          Invite
        </ButtonLink>
      }
    >
      <PagedView query={query} what="members" empty="Nobody takes part yet.">
        {(rows) => <DataTable caption="Labelers" columns={COLUMNS} rows={rows} rowKey={(member) => member.user_id} />}
      </PagedView>
    </PageSection>
  );
}

const COLUMNS: Column<Member>[] = [
  { key: 'name', header: 'Person', cell: (member) => member.username },
  { key: 'role', header: 'Role', cell: (member) => member.role },
  {
    key: 'preferences',
    header: 'Preferences',
    numeric: true,
    cell: (member) => member.preferences.toLocaleString('en'),
  },
  { key: 'last', header: 'Last', cell: (member) => (member.last_at ? <RelativeTime at={member.last_at} /> : 'never') },
];
