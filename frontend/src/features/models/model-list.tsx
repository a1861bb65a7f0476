import { Text, VisuallyHidden } from '@mantine/core';
import { useInfiniteQuery } from '@tanstack/react-query';
import { modelListQuery } from '../../api/model-queries';
import { type Column, DataTable } from '../../components/data-table';
import { PageSection } from '../../components/page-section';
import { PagedView } from '../../components/paged-view';
import { RelativeTime } from '../../components/relative-time';
import { StatusText } from '../../components/status-text';
import { TextLink } from '../../components/text-link';
import type { Model } from '../../lib/api-types';
import { type ModelKind, modelName, modelStatus } from '../../lib/model-words';
import { ActivateButton } from './activate-button';
import { MetricText } from './metric-text';

interface ModelListProps {
  projectId: number;
  kind: ModelKind;
  title: string;
  description: string;
}

/** The versions of one kind with what they were tuned from, their state and their headline numbers. */
export function ModelList({ projectId, kind, title, description }: ModelListProps) {
  const query = useInfiniteQuery(modelListQuery(projectId, kind));
  return (
    <PageSection title={title} description={description}>
      <PagedView
        query={query}
        what={title.toLowerCase()}
        empty={<Text c="dimmed">None yet; a round makes the first one.</Text>}
      >
        {(rows) => (
          <DataTable
            caption={title}
            columns={kind === 'policy' ? policyColumns(projectId, rows) : rewardColumns(projectId)}
            rows={rows}
            rowKey={(model) => model.id}
          />
        )}
      </PagedView>
    </PageSection>
  );
}

function policyColumns(projectId: number, rows: Model[]): Column<Model>[] {
  return [
    ...firstColumns(projectId),
    {
      key: 'parent',
      header: 'Tuned from',
      cell: ({ parent, checkpoint, source }) =>
        parent ? `policy ${parent.number}${checkpoint ? `, to step ${checkpoint.step}` : ''}` : source,
    },
    { key: 'win-rate', header: 'Win rate', cell: (model) => <MetricText metrics={model.metrics} name="win_rate" /> },
    {
      key: 'reward',
      header: 'Reward',
      numeric: true,
      cell: (model) => <MetricText metrics={model.metrics} name="reward" />,
    },
    { key: 'kl', header: 'KL', numeric: true, cell: (model) => <MetricText metrics={model.metrics} name="kl" /> },
    { key: 'open', header: 'Open pairs', numeric: true, cell: (model) => model.comparisons_open.toLocaleString('en') },
    ...lastColumns(projectId),
    {
      key: 'actions',
      header: <VisuallyHidden>Actions</VisuallyHidden>,
      cell: (model) => <ActivateButton projectId={projectId} model={model} policies={rows} />,
    },
  ];
}

function rewardColumns(projectId: number): Column<Model>[] {
  return [
    ...firstColumns(projectId),
    {
      key: 'accuracy',
      header: 'Held-out accuracy',
      cell: (model) => <MetricText metrics={model.metrics} name="accuracy" />,
    },
    {
      key: 'log-loss',
      header: 'Log-loss',
      numeric: true,
      cell: (model) => <MetricText metrics={model.metrics} name="log_loss" />,
    },
    {
      key: 'preferences',
      header: 'Preferences',
      numeric: true,
      cell: (model) => <MetricText metrics={model.metrics} name="preferences" />,
    },
    ...lastColumns(projectId),
  ];
}

function firstColumns(projectId: number): Column<Model>[] {
  return [
    {
      key: 'number',
      header: 'Version',
      cell: (model) => (
        <TextLink
          to="/projects/$id/models/$modelId"
          params={{ id: String(projectId), modelId: String(model.id) }}
          aria-label={modelName(model.kind, model.number)}
        >
          {model.number}
        </TextLink>
      ),
    },
    {
      key: 'status',
      header: 'State',
      cell: ({ status }) => {
        const { label, tone } = modelStatus(status);
        return <StatusText tone={tone}>{label}</StatusText>;
      },
    },
  ];
}

function lastColumns(projectId: number): Column<Model>[] {
  return [
    {
      key: 'round',
      header: 'Round',
      cell: ({ round }) =>
        round ? (
          <TextLink
            to="/projects/$id/rounds/$roundId"
            params={{ id: String(projectId), roundId: String(round.id) }}
            aria-label={`Round ${round.number}`}
          >
            {round.number}
          </TextLink>
        ) : (
          '–'
        ),
    },
    { key: 'made', header: 'Made', cell: (model) => <RelativeTime at={model.created_at} /> },
  ];
}
