import { notifications } from '@mantine/notifications';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { projectCardQuery } from '../../api/card-queries';
import { answer, api } from '../../api/client';
import { projectKey } from '../../api/project-queries';
import { Page } from '../../components/page';
import { PageHeader } from '../../components/page-header';
import { PageSection } from '../../components/page-section';
import { QueryView } from '../../components/query-view';
import { focusHeadingWhenLost } from '../../lib/focus-heading';
import { useNumberParam } from '../../lib/route-params';
import type { Said } from './statement-draft';
import { StatementForm } from './statement-form';

/** What the cards of the project's reward models begin with. */
export default function ProjectCardPage() {
  const projectId = useNumberParam('id');
  const query = useQuery(projectCardQuery(projectId));
  const queryClient = useQueryClient();
  const publish = useMutation({
    mutationFn: ({ statement, note }: Said) =>
      answer(
        api.POST('/api/projects/{project_id}/card/', {
          params: { path: { project_id: projectId } },
          body: { statement, note },
        }),
      ),
    onSuccess: () => {
      notifications.show({ title: 'Published', message: 'New reward models begin with these words.' });
      focusHeadingWhenLost();
      return queryClient.invalidateQueries({ queryKey: projectKey(projectId) });
    },
  });
  return (
    <Page title="Model card">
      <PageHeader
        title="Model card"
        description="What can be said of every reward model of this project, once for all: each new card begins with it. Figures, data and settings are added by themselves. Labelers read whom to turn to."
      />
      <QueryView query={query} what="statement" rows={8}>
        {(card) => (
          <PageSection title="What people say">
            <StatementForm
              key={card.number}
              card={card}
              offersProject={false}
              error={publish.error}
              isSaving={publish.isPending}
              onPublish={publish.mutate}
            />
          </PageSection>
        )}
      </QueryView>
    </Page>
  );
}
