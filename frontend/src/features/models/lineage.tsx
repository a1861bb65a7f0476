import type { ReactNode } from 'react';
import { CheckpointLink } from '../../components/checkpoint-link';
import { TextLink } from '../../components/text-link';
import type { ModelDetail } from '../../lib/api-types';
import { modelName } from '../../lib/model-words';
import { countText } from '../../lib/number-text';
import classes from './lineage.module.css';

interface LineageProps {
  projectId: number;
  model: ModelDetail;
}

interface Station {
  key: string;
  content: ReactNode;
  isSelf?: boolean;
}

/** The way from labels through snapshot and reward model to the policy, and on to the labels its completions received. */
export function Lineage({ projectId, model }: LineageProps) {
  return (
    <ol className={classes.chain}>
      {stations(projectId, model).map(({ key, content, isSelf }) => (
        <li key={key} className={classes.station} data-self={isSelf || undefined}>
          {content}
        </li>
      ))}
    </ol>
  );
}

function stations(projectId: number, model: ModelDetail): Station[] {
  const { lineage } = model;
  const isPolicy = model.kind === 'policy';
  const link = (kind: 'policy' | 'reward_model', target: { id: number; number: number }) => (
    <TextLink
      to="/projects/$id/models/$modelId"
      params={{ id: String(projectId), modelId: String(target.id) }}
      size="sm"
      underline="always"
    >
      {modelName(kind, target.number)}
    </TextLink>
  );
  const self = { content: modelName(model.kind, model.number), isSelf: true };
  const chain: (Station | null)[] = [
    lineage.labels > 0 ? { key: 'labels', content: countText(lineage.labels, 'label') } : null,
    lineage.snapshot ? { key: 'snapshot', content: `Snapshot ${lineage.snapshot.sha256.slice(0, 8)}` } : null,
    isPolicy
      ? lineage.reward_model && { key: 'reward', content: link('reward_model', lineage.reward_model) }
      : { key: 'reward', ...self },
    isPolicy && model.parent ? { key: 'parent', content: <>tuned from {link('policy', model.parent)}</> } : null,
    model.checkpoint
      ? { key: 'checkpoint', content: <CheckpointLink projectId={projectId} checkpoint={model.checkpoint} /> }
      : null,
    isPolicy
      ? { key: 'policy', ...self }
      : lineage.policy && { key: 'policy', content: link('policy', lineage.policy) },
    { key: 'completions', content: countText(lineage.completions, 'completion') },
    { key: 'comparisons', content: countText(lineage.comparisons, 'comparison') },
    { key: 'preferences', content: countText(lineage.preferences, 'preference') },
  ];
  return chain.filter((station) => station !== null);
}
