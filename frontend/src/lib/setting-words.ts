/** The words of settings whose keys and empty values do not speak for themselves. */

import { labelFromKey, type SettingField, type SettingValue } from './json-schema';
import { settingText } from './settings-document';

/** Values whose key is not what one would call them. */
const CHOICES: Readonly<Record<string, string>> = {
  head: 'Linear head',
  full: 'Every weight',
  lora: 'LoRA adapters',
  rao_kupper: 'Rao–Kupper',
  plackett_luce: 'Plackett–Luce',
  pairs: 'Every pair',
  equal: 'All count the same',
  crowd: 'By estimated reliability',
  argmax: 'Higher reward',
  sample: 'Draw from the probability',
};

export function choiceLabel(choice: SettingField['standard']): string {
  return typeof choice === 'string' ? (CHOICES[choice] ?? labelFromKey(choice)) : settingText(choice);
}

/** Path → what an empty value stands for. */
const EMPTY: Readonly<Record<string, string>> = {
  'policy.kl_coef': 'as the pre-flight suggests',
  'policy.reward_clip': 'no clip',
  'policy.value_clip_range': 'no clip',
  'policy.unsafe_flags': 'all flags',
  'reward_model.prior_precision': 'the likeliest',
};

/** What a setting says where nothing is entered. */
export function emptyText(path: string): string {
  return EMPTY[path] ?? 'none';
}

/** A setting's value as a reader sees it, keys of choices and empty values in words. */
export function valueText(field: Pick<SettingField, 'path' | 'kind'>, value: SettingValue | undefined): string {
  const text = settingText(value);
  if (text === 'none' && value !== 'none') return emptyText(field.path);
  return field.kind === 'choice' && typeof value === 'string' ? choiceLabel(value) : text;
}
