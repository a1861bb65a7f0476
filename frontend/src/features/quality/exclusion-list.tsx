import { Text, VisuallyHidden } from '@mantine/core';
import { useInfiniteQuery, useMutation, useQueryClient } from '@tanstack/react-query';
import { answer, api } from '../../api/client';
import { exclusionListQuery } from '../../api/exclusion-queries';
import { projectKey } from '../../api/project-queries';
import { ConfirmButton } from '../../components/confirm-button';
import { type Column, DataTable } from '../../components/data-table';
import { PageSection } from '../../components/page-section';
import { PagedView } from '../../components/paged-view';
import { ProblemAlert } from '../../components/problem-alert';
import { RelativeTime } from '../../components/relative-time';
import type { Exclusion } from '../../lib/api-types';
import { ruleWords } from './exclusion-rule';

/** Every exclusion that was made, with its reason; those in force can be lifted. */
export function ExclusionList({ projectId }: { projectId: number }) {
  const queryClient = useQueryClient();
  const query = useInfiniteQuery(exclusionListQuery(projectId));
  const lift = useMutation({
    mutationFn: (exclusionId: number) =>
      answer(
        api.POST('/api/projects/{project_id}/exclusions/{exclusion_id}/lift/', {
          params: { path: { project_id: projectId, exclusion_id: exclusionId } },
        }),
      ),
    onSuccess: () => queryClient.invalidateQueries({ queryKey: projectKey(projectId) }),
  });
  return (
    <PageSection title="Exclusions">
      <ProblemAlert error={lift.error} title="The exclusion was not lifted" />
      <PagedView query={query} what="exclusions" empty={<Text c="dimmed">Nothing is excluded.</Text>}>
        {(rows) => (
          <DataTable
            caption="Exclusions"
            columns={columns((id) => lift.mutate(id))}
            rows={rows}
            rowKey={(exclusion) => exclusion.id}
          />
        )}
      </PagedView>
    </PageSection>
  );
}

function columns(onLift: (id: number) => void): Column<Exclusion>[] {
  return [
    { key: 'rule', header: 'Preferences', cell: (exclusion) => ruleWords(exclusion) },
    {
      key: 'preferences',
      header: 'Number',
      numeric: true,
      cell: (exclusion) => exclusion.preferences.toLocaleString('en'),
    },
    { key: 'reason', header: 'Reason', cell: (exclusion) => exclusion.reason },
    {
      key: 'made',
      header: 'Made',
      cell: (exclusion) => (
        <>
          {exclusion.created_by}, <RelativeTime at={exclusion.created_at} />
        </>
      ),
    },
    {
      key: 'lift',
      header: <VisuallyHidden>Actions</VisuallyHidden>,
      cell: (exclusion) =>
        exclusion.lifted_at ? (
          <>
            lifted by {exclusion.lifted_by}, <RelativeTime at={exclusion.lifted_at} />
          </>
        ) : (
          <ConfirmButton
            size="compact-xs"
            title="Lift this exclusion?"
            consequence="Later snapshots take these preferences again, unless another exclusion covers them."
            confirmLabel="Lift"
            onConfirm={() => onLift(exclusion.id)}
          >
            Lift
          </ConfirmButton>
        ),
    },
  ];
}
