import { Stack, Text, VisuallyHidden } from '@mantine/core';
import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { rowsOf } from '../../api/pages';
import { memberListQuery, projectQuery } from '../../api/project-queries';
import { sessionQuery } from '../../api/session';
import { type Column, DataTable } from '../../components/data-table';
import { EmptyState } from '../../components/empty-state';
import { FieldHelp } from '../../components/field-help';
import { UserIcon } from '../../components/icons';
import { Page } from '../../components/page';
import { PageHeader } from '../../components/page-header';
import { PageSection } from '../../components/page-section';
import { PagedView } from '../../components/paged-view';
import { RelativeTime } from '../../components/relative-time';
import { StatusText } from '../../components/status-text';
import type { Member } from '../../lib/api-types';
import { percentText } from '../../lib/number-text';
import { useNumberParam } from '../../lib/route-params';
import { InviteSection } from './invite-section';
import { MemberActions } from './member-actions';
import { knownGroups, warmUpWords } from './member-words';

/** Who takes part, what they labeled, and links that let others join. */
export default function MembersPage() {
  const projectId = useNumberParam('id');
  const query = useInfiniteQuery(memberListQuery(projectId));
  const project = useQuery(projectQuery(projectId));
  const { data: session } = useQuery(sessionQuery);
  const groups = knownGroups(rowsOf(query.data), project.data?.settings.queue.qualifications);
  return (
    <Page title="Members">
      <PageHeader title="Members" />
      <PageSection title="People">
        <PagedView
          query={query}
          what="members"
          empty={
            <EmptyState title="Nobody takes part yet" icon={<UserIcon />}>
              Make an invite link below and send it.
            </EmptyState>
          }
        >
          {(rows) => (
            <DataTable
              caption="Members"
              columns={columns(projectId, session?.user?.id, groups)}
              rows={rows}
              rowKey={(member) => member.user_id}
            />
          )}
        </PagedView>
      </PageSection>
      <InviteSection projectId={projectId} />
    </Page>
  );
}

function Standing({ member }: { member: Member }) {
  const warmUp = warmUpWords(member);
  if (!member.paused_at && !warmUp) return <>–</>;
  return (
    <Stack gap={2}>
      {member.paused_at && (
        <>
          <StatusText tone="warn">Paused by {member.paused_by ?? 'a rule'}</StatusText>
          <Text size="sm" c="dimmed">
            {member.paused_reason}
          </Text>
        </>
      )}
      {warmUp && <StatusText tone={warmUp.tone}>{warmUp.label}</StatusText>}
    </Stack>
  );
}

function columns(projectId: number, ownId: number | undefined, groups: readonly string[]): Column<Member>[] {
  return [
    {
      key: 'name',
      header: 'Person',
      cell: (member) => (
        <>
          {member.username}
          <Text size="sm" c="dimmed">
            {member.role}, joined <RelativeTime at={member.joined_at} />
          </Text>
        </>
      ),
    },
    { key: 'groups', header: 'Groups', cell: (member) => member.groups.join(', ') || '–' },
    { key: 'state', header: 'State', cell: (member) => <Standing member={member} /> },
    {
      key: 'preferences',
      header: 'Preferences',
      numeric: true,
      cell: (member) => member.preferences.toLocaleString('en'),
    },
    {
      key: 'last',
      header: 'Last',
      cell: (member) => (member.last_at ? <RelativeTime at={member.last_at} /> : 'never'),
    },
    {
      key: 'left',
      header: (
        <>
          Left share
          <FieldHelp of="the left share">
            How often the completion on the left was preferred. Sides are random, so with many preferences it should be
            near 50 %; far from it hints at a habit of clicking one side.
          </FieldHelp>
        </>
      ),
      numeric: true,
      cell: (member) => <span style={{ whiteSpace: 'nowrap' }}>{percentText(member.position_left_share)}</span>,
    },
    {
      key: 'actions',
      header: <VisuallyHidden>Actions</VisuallyHidden>,
      cell: (member) => (
        <MemberActions projectId={projectId} member={member} isSelf={member.user_id === ownId} knownGroups={groups} />
      ),
    },
  ];
}
