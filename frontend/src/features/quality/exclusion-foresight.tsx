import { List, SimpleGrid, Text, Title } from '@mantine/core';
import type { ReactNode } from 'react';
import { FactList } from '../../components/fact-list';
import { TextLink } from '../../components/text-link';
import type { ExclusionPreview } from '../../lib/api-types';
import { type ModelKind, modelName, modelStatus } from '../../lib/model-words';
import { countText, percentText } from '../../lib/number-text';

interface ExclusionForesightProps {
  projectId: number;
  preview: ExclusionPreview;
}

/** What a rule would touch, before anything is done: preferences, whose they are, snapshots and models. */
export function ExclusionForesight({ projectId, preview }: ExclusionForesightProps) {
  const { preferences, already_excluded: already, of_labelers: labelers, snapshots } = preview;
  if (preferences === 0) return <Text c="dimmed">No preference fits this rule: excluding it changes nothing.</Text>;
  return (
    <>
      <FactList
        facts={[
          {
            label: 'Preferences left out of later snapshots',
            value: preferences.toLocaleString('en'),
            note: already > 0 ? `${already.toLocaleString('en')} of them are excluded already` : undefined,
          },
          {
            label: 'Snapshots that hold some',
            value: snapshots.length.toLocaleString('en'),
            note: 'they stay as they are',
          },
          { label: 'Reward models', value: preview.reward_models.length.toLocaleString('en') },
          { label: 'Policies', value: preview.policies.length.toLocaleString('en') },
        ]}
      />
      <SimpleGrid cols={{ base: 1, sm: 2 }} spacing="lg" mt="md">
        <Named title="Given by">
          {labelers.map(({ username, n }) => (
            <List.Item key={username ?? ''}>
              {username ?? 'imported'}: {countText(n, 'preference')}
            </List.Item>
          ))}
        </Named>
        <Named title="Snapshots">
          {snapshots.map(({ id, sha256, size, touched }) => (
            <List.Item key={id}>
              {sha256.slice(0, 8)}: {touched.toLocaleString('en')} of {countText(size, 'row')}
            </List.Item>
          ))}
        </Named>
        <Models projectId={projectId} kind="reward_model" title="Reward models" rows={preview.reward_models} />
        <Models projectId={projectId} kind="policy" title="Policies" rows={preview.policies} />
      </SimpleGrid>
    </>
  );
}

function Named({ title, children }: { title: string; children: readonly ReactNode[] }) {
  return (
    <div>
      <Title order={3} size="h4">
        {title}
      </Title>
      {children.length > 0 ? (
        <List size="sm">{children}</List>
      ) : (
        <Text size="sm" c="dimmed">
          none
        </Text>
      )}
    </div>
  );
}

interface ModelsProps {
  projectId: number;
  kind: ModelKind;
  title: string;
  rows: ExclusionPreview['policies'];
}

function Models({ projectId, kind, title, rows }: ModelsProps) {
  return (
    <Named title={title}>
      {rows.map(({ id, number, status, touched_share: share, inherited }) => (
        <List.Item key={id}>
          <TextLink
            to="/projects/$id/models/$modelId"
            params={{ id: String(projectId), modelId: String(id) }}
            underline="always"
          >
            {modelName(kind, number)}
          </TextLink>{' '}
          ({modelStatus(status).label}):{' '}
          {inherited ? 'through what it was tuned from' : `${percentText(share)} of what it learned from`}
        </List.Item>
      ))}
    </Named>
  );
}
