import type { SettingField, SettingSection, SettingsDocument } from './json-schema';

interface GroupNames {
  title: string;
  fields: readonly string[];
}

/** Long sections under headings, by the section's key; fields that stand nowhere come last. */
const GROUPS: Readonly<Record<string, readonly GroupNames[]>> = {
  reward_model: [
    {
      title: 'Training',
      fields: [
        'trainable',
        'min_preferences',
        'heads',
        'prior_precision',
        'folds',
        'epochs',
        'learning_rate',
        'batch_size',
        'max_tokens',
      ],
    },
    {
      title: 'What it learns from',
      fields: [
        'edit_weight',
        'rating_weight',
        'aspect_weight',
        'passage_weight',
        'levels',
        'rankings',
        'margin_per_strength',
        'ties',
        'tie_threshold',
      ],
    },
    { title: 'Labelers', fields: ['annotators'] },
    { title: 'Smoothed labels', fields: ['smoothing_rate'] },
    { title: 'Self-labels', fields: ['self_label_share', 'self_label_loops', 'self_label_audit_share'] },
    { title: 'Evaluation', fields: ['evaluate'] },
  ],
  policy: [
    {
      title: 'Method',
      fields: ['method', 'steps', 'prompts_per_step', 'samples_per_prompt', 'max_new_tokens', 'temperature'],
    },
    { title: 'Distance from the reference', fields: ['kl_coef', 'dpo_beta'] },
    { title: 'Helpful and safe', fields: ['safety_alpha', 'unsafe_flags'] },
    { title: 'Exploration', fields: ['exploration_alpha', 'log_ratio_limit', 'judge_by'] },
    { title: 'Reward', fields: ['uncertainty_penalty', 'reward_scaling', 'reward_clip', 'demonstration_weight'] },
    { title: 'Use of each batch', fields: ['ppo_epochs', 'minibatches', 'clip_range'] },
    { title: 'Critic', fields: ['gae_lambda', 'value_clip_range', 'critic_learning_rate', 'critic_warmup_steps'] },
    {
      title: 'Optimiser',
      fields: ['learning_rate', 'warmup_share', 'max_grad_norm', 'lora_rank', 'selective', 'checkpoint_every'],
    },
  ],
  monitor: [
    { title: 'Looks', fields: ['every', 'prompts', 'kept'] },
    { title: 'When a rule fires', fields: ['pause', 'check_pairs'] },
    {
      title: 'Rules',
      fields: ['kl_above', 'length_ratio', 'perplexity_ratio', 'diversity_drop', 'refusal_rise', 'outside_above'],
    },
    { title: 'Pre-flight', fields: ['preflight', 'preflight_samples'] },
  ],
};

export interface SettingGroup {
  /** Empty for the fields of a section that has no headings. */
  title: string;
  fields: SettingField[];
}

/** A section's fields under its headings, each in the order in which they are read. */
export function groupsOf({ key, fields }: SettingSection): SettingGroup[] {
  const names = GROUPS[key];
  if (!names) return [{ title: '', fields }];
  const groups = names.map((group) => ({
    title: group.title,
    fields: group.fields.flatMap((name) => fields.filter(({ path }) => path === `${key}.${name}`)),
  }));
  const placed = new Set(groups.flatMap((group) => group.fields));
  const others = fields.filter((field) => !placed.has(field));
  return [...groups, { title: 'Other', fields: others }].filter((group) => group.fields.length > 0);
}

/** Whether the method that the section's settings name reads a field. */
export function isRead({ path, methods }: SettingField, document: SettingsDocument): boolean {
  if (!methods) return true;
  const [section = ''] = path.split('.');
  return methods.includes(String(document[section]?.method));
}

/** Sections with the fields whose name, meaning or key holds every word that is sought. */
export function sectionsFound(sections: readonly SettingSection[], sought: string): SettingSection[] {
  const words = sought.toLowerCase().split(/\s+/).filter(Boolean);
  return sections
    .map((section) => ({
      ...section,
      fields: section.fields.filter(({ label, help, path }) => {
        const text = `${section.title} ${label} ${help} ${path}`.toLowerCase();
        return words.every((word) => text.includes(word));
      }),
    }))
    .filter(({ fields }) => fields.length > 0);
}
