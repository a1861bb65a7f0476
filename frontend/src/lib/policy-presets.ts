/** Presets of policy tuning laid over a settings document. */

import type { PolicyPreset } from './api-types';
import type { SettingField, SettingSection, SettingsDocument, SettingValue } from './json-schema';
import { isEqual, settingAt, withSetting } from './settings-document';

/** The section that presets fill in. */
export const PRESET_SECTION = 'policy';

/**
 * The document with a preset filled in: the preset's own values, and the default of everything that only some methods
 * read, so that nothing of another preset stays behind. Settings that every method reads stay as they are.
 */
export function withPreset(
  document: SettingsDocument,
  section: SettingSection,
  preset: PolicyPreset,
): SettingsDocument {
  return section.fields.reduce((filled, field) => {
    const value = presetValue(field, preset);
    return value === undefined ? filled : withSetting(filled, field.path, value);
  }, document);
}

/** The preset that a document has as it is, if any; filling it in would change nothing. */
export function presetOf(
  document: SettingsDocument,
  section: SettingSection,
  presets: readonly PolicyPreset[],
): PolicyPreset | undefined {
  return presets.find((preset) =>
    section.fields.every((field) => {
      const value = presetValue(field, preset);
      return value === undefined || isEqual(value, settingAt(document, field.path));
    }),
  );
}

function presetValue(field: SettingField, preset: PolicyPreset): SettingValue | undefined {
  const own = preset.settings[field.path.replace(`${PRESET_SECTION}.`, '')] as SettingValue | undefined;
  if (own !== undefined) return own;
  return field.methods ? field.standard : undefined;
}
