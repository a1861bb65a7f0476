import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { modelListQuery, modelQuery } from '../../api/model-queries';
import { rowsOf } from '../../api/pages';
import { ButtonLink } from '../../components/button-link';
import { CheckpointLink } from '../../components/checkpoint-link';
import { DownloadButton } from '../../components/download-button';
import { FactList } from '../../components/fact-list';
import { MarkdownText } from '../../components/markdown-text';
import { Page } from '../../components/page';
import { PageHeader } from '../../components/page-header';
import { PageSection } from '../../components/page-section';
import { QueryView } from '../../components/query-view';
import { RelativeTime } from '../../components/relative-time';
import { StatusText } from '../../components/status-text';
import type { ModelDetail } from '../../lib/api-types';
import { withoutFrontMatter } from '../../lib/front-matter';
import { metricsOf, modelName, modelStatus } from '../../lib/model-words';
import { numberText } from '../../lib/number-text';
import { useNumberParam } from '../../lib/route-params';
import { ActivateButton } from './activate-button';
import { EffectsSection } from './effects-section';
import { Lineage } from './lineage';
import { MetricText } from './metric-text';
import { ReportSection } from './report-section';

/** One version: its numbers, where it came from and what came of it, its card and its files. */
export default function ModelPage() {
  const projectId = useNumberParam('id');
  const modelId = useNumberParam('modelId');
  const query = useQuery(modelQuery(modelId));
  return (
    <Page title={query.data ? modelName(query.data.kind, query.data.number) : 'Model'}>
      <QueryView query={query} what="model" heading="Model" rows={8}>
        {(model) => <ModelView projectId={projectId} model={model} />}
      </QueryView>
    </Page>
  );
}

function ModelView({ projectId, model }: { projectId: number; model: ModelDetail }) {
  const policies = useInfiniteQuery(modelListQuery(projectId, 'policy'));
  const { label, tone } = modelStatus(model.status);
  return (
    <>
      <PageHeader
        title={modelName(model.kind, model.number)}
        description={
          <>
            <StatusText tone={tone}>{label}</StatusText> · made <RelativeTime at={model.created_at} />
          </>
        }
        actions={
          <>
            {model.kind === 'reward_model' && (
              <ButtonLink
                variant="default"
                to="/projects/$id/models/$modelId/card"
                params={{ id: String(projectId), modelId: String(model.id) }}
              >
                Card
              </ButtonLink>
            )}
            {model.size_mb !== null && (
              <DownloadButton href={`/api/models/${model.id}/download/`}>
                Download ({numberText(model.size_mb)} MB)
              </DownloadButton>
            )}
            {policies.data && <ActivateButton projectId={projectId} model={model} policies={rowsOf(policies.data)} />}
          </>
        }
      />
      <PageSection title="Numbers">
        <FactList
          facts={[
            ...metricsOf(model.metrics).map(({ name, label: words }) => ({
              label: words,
              value: <MetricText metrics={model.metrics} name={name} />,
            })),
            ...(model.checkpoint
              ? [{ label: 'Made of', value: <CheckpointLink projectId={projectId} checkpoint={model.checkpoint} /> }]
              : []),
            { label: 'Files', value: model.source },
            { label: 'Manifest', value: model.manifest_sha256?.slice(0, 16) ?? 'none' },
          ]}
        />
      </PageSection>
      <PageSection title="Lineage" description="From labels to the model, and from the model back to labels.">
        <Lineage projectId={projectId} model={model} />
      </PageSection>
      {model.kind === 'reward_model' && model.run_id !== null && <ReportSection projectId={projectId} model={model} />}
      {model.kind === 'reward_model' && <EffectsSection modelId={model.id} />}
      {model.card && (
        <PageSection title={model.kind === 'policy' ? 'Model card' : 'README of its files'}>
          <MarkdownText text={withoutFrontMatter(model.card)} />
        </PageSection>
      )}
    </>
  );
}
