import { Stack } from '@mantine/core';
import { PageSection } from '../../components/page-section';
import type { ProjectDefaults } from '../../lib/api-types';
import { ModelChoiceInput } from './model-choice-input';
import type { ProjectDraft } from './project-draft';

interface ModelsSectionProps {
  models: ProjectDefaults['models'];
  draft: ProjectDraft;
  problems: Record<string, string>;
  onChange: (part: Partial<ProjectDraft>) => void;
}

const BY_POLICY = {
  value: '',
  label: 'Fitting the base policy',
  description: 'The starter’s judge for the starter; the base policy itself for every other model.',
};

/** The two models a project begins with. */
export function ModelsSection({ models, draft, problems, onChange }: ModelsSectionProps) {
  return (
    <PageSection title="Models">
      <Stack gap="lg">
        <ModelChoiceInput
          label="Base policy"
          description="It writes the first completions and stays the reference policy of the KL term."
          choices={models.policies}
          hub={models.hub}
          value={draft.basePolicy}
          error={problems.base_policy}
          onChange={(basePolicy) => onChange({ basePolicy })}
        />
        <ModelChoiceInput
          label="Reward model’s backbone"
          description="The model whose features the reward model learns to rank with."
          choices={[BY_POLICY, ...models.reward_backbones]}
          hub={models.hub}
          value={draft.rewardBackbone}
          error={problems.reward_backbone}
          onChange={(rewardBackbone) => onChange({ rewardBackbone })}
        />
      </Stack>
    </PageSection>
  );
}
