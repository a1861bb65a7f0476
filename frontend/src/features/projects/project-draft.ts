/** The new-project form as plain data: its start, what it sends, and where the server's messages belong. */

import type { ProjectDefaults, ProjectSettings, QuestionForm } from '../../lib/api-types';
import type { SettingsDocument } from '../../lib/json-schema';
import { FORM_PRESETS } from './form-presets';
import { NO_PROMPTS, type PromptText } from './prompt-source';

export interface ProjectDraft {
  name: string;
  description: string;
  guidelines: string;
  prompts: PromptText;
  basePolicy: string;
  /** Empty lets the server choose by the base policy. */
  rewardBackbone: string;
  settings: SettingsDocument;
  /** The key of a preset of the question form. */
  form: string;
}

export function emptyDraft(defaults: ProjectDefaults): ProjectDraft {
  return {
    name: '',
    description: '',
    guidelines: '',
    prompts: NO_PROMPTS,
    basePolicy: defaults.models.policies[0]?.value ?? '',
    rewardBackbone: '',
    settings: defaults.settings,
    form: FORM_PRESETS[0]?.key ?? '',
  };
}

export function bodyOfDraft(draft: ProjectDraft) {
  const { format, text } = draft.prompts;
  return {
    name: draft.name.trim(),
    description: draft.description.trim(),
    guidelines: draft.guidelines,
    base_policy: draft.basePolicy.trim(),
    reward_backbone: draft.rewardBackbone.trim(),
    settings: settingsBody(draft.settings),
    form: chosenForm(draft),
    prompts: text.trim() ? { format, text } : null,
    card: null,
  };
}

/** The question form of the chosen preset; the first one where the key is unknown. */
export function chosenForm({ form }: Pick<ProjectDraft, 'form'>): QuestionForm {
  const preset = FORM_PRESETS.find(({ key }) => key === form) ?? FORM_PRESETS[0];
  if (!preset) throw new Error('There is no preset of a question form.');
  return preset.form;
}

/** Names that lists of the settings are chosen from. */
export function offeredNames(form: QuestionForm): Record<string, readonly string[]> {
  return { 'policy.unsafe_flags': form.flags.map(({ key }) => key) };
}

/** A document made from the schema of the settings is one; only the compiler does not know. */
export function settingsBody(document: SettingsDocument): ProjectSettings {
  return document as unknown as ProjectSettings;
}

/** What is missing before it is worth asking the server. */
export function draftProblems(draft: ProjectDraft): Record<string, string> {
  const problems: Record<string, string> = {};
  if (!draft.name.trim()) problems.name = 'A name is needed.';
  if (!draft.basePolicy.trim()) problems.base_policy = 'Choose a base policy.';
  return problems;
}
