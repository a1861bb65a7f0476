import { notifications } from '@mantine/notifications';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { modelCardQuery } from '../../api/card-queries';
import { answer, api } from '../../api/client';
import { projectKey } from '../../api/project-queries';
import { ButtonLink } from '../../components/button-link';
import { DownloadButton } from '../../components/download-button';
import { FactList } from '../../components/fact-list';
import { Page } from '../../components/page';
import { PageHeader } from '../../components/page-header';
import { PageSection } from '../../components/page-section';
import { QueryView } from '../../components/query-view';
import type { ModelCard } from '../../lib/api-types';
import { focusHeadingWhenLost } from '../../lib/focus-heading';
import { useNumberParam } from '../../lib/route-params';
import { CardComparison } from './card-comparison';
import { CardVersions } from './card-versions';
import type { Said } from './statement-draft';
import { StatementForm } from './statement-form';

/** A reward model's card: what people say of it, what was measured, its versions, and how it differs from another's. */
export default function ModelCardPage() {
  const projectId = useNumberParam('id');
  const modelId = useNumberParam('modelId');
  const query = useQuery(modelCardQuery(modelId));
  return (
    <Page title={query.data ? `Card of reward model ${query.data.model_number}` : 'Card'}>
      <QueryView query={query} what="card" heading="Card" rows={8}>
        {(card) => <CardView key={`${card.of_project} ${card.number}`} projectId={projectId} card={card} />}
      </QueryView>
    </Page>
  );
}

function CardView({ projectId, card }: { projectId: number; card: ModelCard }) {
  const publish = usePublishCard(projectId, card.model_id);
  return (
    <>
      <PageHeader
        title={`Card of reward model ${card.model_number}`}
        description="What its users have to know: what people say of it, and what was measured. Without the mandatory fields it is not put to use."
        actions={
          <>
            <ButtonLink
              variant="default"
              to="/projects/$id/models/$modelId"
              params={{ id: String(projectId), modelId: String(card.model_id) }}
            >
              Reward model {card.model_number}
            </ButtonLink>
            <DownloadButton href={`/api/models/${card.model_id}/card/document/`}>Download</DownloadButton>
          </>
        }
      />
      <PageSection
        title="What people say"
        description={
          card.of_project && card.number > 0
            ? "So far these are the project's own words; a change is kept with this reward model."
            : undefined
        }
      >
        <StatementForm
          card={card}
          offersProject
          error={publish.error}
          isSaving={publish.isPending}
          onPublish={publish.mutate}
        />
      </PageSection>
      {card.sections.map(({ title, facts }) => (
        <PageSection key={title} title={title}>
          <FactList facts={facts} />
        </PageSection>
      ))}
      <CardVersions modelId={card.model_id} />
      <CardComparison projectId={projectId} modelId={card.model_id} />
    </>
  );
}

function usePublishCard(projectId: number, modelId: number) {
  const queryClient = useQueryClient();
  return useMutation({
    mutationFn: ({ statement, note, forProject }: Said) =>
      answer(
        api.POST('/api/models/{model_id}/card/', {
          params: { path: { model_id: modelId } },
          body: { statement, note, for_project: forProject },
        }),
      ),
    onSuccess: (card) => {
      focusHeadingWhenLost();
      notifications.show({
        title: 'Published',
        message:
          card.missing.length === 0
            ? 'The card is complete; a round that waited for it goes on.'
            : `Still empty: ${card.fields
                .filter(({ name }) => card.missing.includes(name))
                .map(({ title }) => title)
                .join(', ')}.`,
      });
      void queryClient.invalidateQueries({ queryKey: projectKey(projectId) });
      return queryClient.invalidateQueries({ queryKey: ['models', modelId] });
    },
  });
}
