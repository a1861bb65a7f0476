import { useMutation, useQueryClient } from '@tanstack/react-query';
import { answer, api } from '../../api/client';
import { ConfirmButton } from '../../components/confirm-button';
import { PageSection } from '../../components/page-section';
import { ProblemAlert } from '../../components/problem-alert';
import type { Project } from '../../lib/api-types';

/** Ends labeling and training in a project without deleting anything, or takes that back. */
export function ArchiveSection({ project }: { project: Project }) {
  const queryClient = useQueryClient();
  const isArchived = project.archived_at !== null;
  const archive = useMutation({
    mutationFn: (archived: boolean) =>
      answer(
        api.PATCH('/api/projects/{project_id}/', {
          params: { path: { project_id: project.id } },
          body: { archived, name: null, description: null, settings: null },
        }),
      ),
    onSuccess: () => queryClient.invalidateQueries({ queryKey: ['projects'] }),
  });
  return (
    <PageSection
      title={isArchived ? 'Take out of the archive' : 'Archive'}
      description={
        isArchived
          ? 'Labelers can claim comparisons again and rounds can start.'
          : 'Labeling stops and no round starts; one at work goes on until it is cancelled. Preferences, models and the audit log are kept and can be exported.'
      }
    >
      <ProblemAlert error={archive.error} title="That could not be done" />
      <ConfirmButton
        title={isArchived ? `Reopen “${project.name}”?` : `Archive “${project.name}”?`}
        consequence={
          isArchived
            ? 'Labelers can claim comparisons again.'
            : 'Labelers can claim nothing more, and no round can start, until the project is taken out of the archive.'
        }
        confirmLabel={isArchived ? 'Reopen' : 'Archive'}
        loading={archive.isPending}
        onConfirm={() => archive.mutate(!isArchived)}
      >
        {isArchived ? 'Reopen the project' : 'Archive the project'}
      </ConfirmButton>
    </PageSection>
  );
}
