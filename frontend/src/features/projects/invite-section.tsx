import { Code, Group, Text, VisuallyHidden } from '@mantine/core';
import { useInfiniteQuery, useMutation, useQueryClient } from '@tanstack/react-query';
import { answer, api } from '../../api/client';
import { inviteListQuery } from '../../api/project-queries';
import { ConfirmButton } from '../../components/confirm-button';
import { CopyButton } from '../../components/copy-button';
import { type Column, DataTable } from '../../components/data-table';
import { PageSection } from '../../components/page-section';
import { PagedView } from '../../components/paged-view';
import { ProblemAlert } from '../../components/problem-alert';
import { RelativeTime } from '../../components/relative-time';
import type { Invite } from '../../lib/api-types';
import { InviteForm, type InviteTerms } from './invite-form';

/** Invite links: made here, shown once, listed and revoked. */
export function InviteSection({ projectId }: { projectId: number }) {
  const queryClient = useQueryClient();
  const list = inviteListQuery(projectId);
  const query = useInfiniteQuery(list);
  const refresh = () => queryClient.invalidateQueries({ queryKey: list.queryKey });
  const create = useMutation({
    mutationFn: (body: InviteTerms) =>
      answer(api.POST('/api/projects/{project_id}/invites/', { params: { path: { project_id: projectId } }, body })),
    onSuccess: refresh,
  });
  const revoke = useMutation({
    mutationFn: (inviteId: number) =>
      answer(
        api.DELETE('/api/projects/{project_id}/invites/{invite_id}/', {
          params: { path: { project_id: projectId, invite_id: inviteId } },
        }),
      ),
    onSuccess: refresh,
  });
  return (
    <PageSection
      title="Invite links"
      description="Whoever opens the link joins with its role, until it is used up or expires."
    >
      <InviteForm isPending={create.isPending} onCreate={(terms) => create.mutate(terms)} />
      <ProblemAlert error={create.error ?? revoke.error} title="That could not be done" />
      {create.data?.url && <NewLink url={create.data.url} />}
      <PagedView
        query={query}
        what="links"
        empty={
          <Text c="dimmed" mt="sm">
            No link yet.
          </Text>
        }
      >
        {(rows) => (
          <DataTable
            caption="Invite links"
            columns={columns((id) => revoke.mutate(id))}
            rows={rows}
            rowKey={(invite) => invite.id}
          />
        )}
      </PagedView>
    </PageSection>
  );
}

function NewLink({ url }: { url: string }) {
  const address = new URL(url, window.location.origin).href;
  return (
    <div role="status">
      <Text size="sm" mt="sm">
        Copy the link now: it is shown only once.
      </Text>
      <Group gap="xs" my="xs">
        <Code style={{ overflowWrap: 'anywhere' }}>{address}</Code>
        <CopyButton value={address} label="Copy link" />
      </Group>
    </div>
  );
}

function columns(onRevoke: (id: number) => void): Column<Invite>[] {
  return [
    { key: 'role', header: 'Role', cell: (invite) => invite.role },
    { key: 'uses', header: 'Used', numeric: true, cell: (invite) => `${invite.uses} of ${invite.max_uses}` },
    { key: 'state', header: 'State', cell: stateText },
    { key: 'expires', header: 'Expires', cell: (invite) => <RelativeTime at={invite.expires_at} /> },
    {
      key: 'revoke',
      header: <VisuallyHidden>Actions</VisuallyHidden>,
      cell: (invite) =>
        stateText(invite) === 'open' && (
          <ConfirmButton
            size="compact-xs"
            title="Revoke this link?"
            consequence="It no longer lets anybody in. People who joined with it stay members."
            confirmLabel="Revoke"
            onConfirm={() => onRevoke(invite.id)}
          >
            Revoke
          </ConfirmButton>
        ),
    },
  ];
}

function stateText(invite: Invite): string {
  if (invite.revoked_at) return 'revoked';
  if (invite.uses >= invite.max_uses) return 'used up';
  return Date.parse(invite.expires_at) < Date.now() ? 'expired' : 'open';
}
