/** Reading, changing and comparing a settings document by dotted path. */

import {
  fieldProblem,
  type SettingKind,
  type SettingList,
  type SettingSection,
  type SettingsDocument,
  type SettingValue,
} from './json-schema';

export interface SettingChange {
  path: string;
  label: string;
  kind: SettingKind;
  before: SettingValue | undefined;
  after: SettingValue | undefined;
}

export function settingAt(document: SettingsDocument, path: string): SettingValue | undefined {
  const [section, name] = split(path);
  return document[section]?.[name];
}

/** A copy of the document with one value replaced. */
export function withSetting(document: SettingsDocument, path: string, value: SettingValue): SettingsDocument {
  const [section, name] = split(path);
  return { ...document, [section]: { ...document[section], [name]: value } };
}

/** Fields whose values differ, in the schema's order. */
export function settingChanges(
  sections: SettingSection[],
  before: SettingsDocument,
  after: SettingsDocument,
): SettingChange[] {
  return sections.flatMap((section) =>
    section.fields
      .filter((field) => !isEqual(settingAt(before, field.path), settingAt(after, field.path)))
      .map((field) => ({
        path: field.path,
        label: `${section.title}: ${field.label}`,
        kind: field.kind,
        before: settingAt(before, field.path),
        after: settingAt(after, field.path),
      })),
  );
}

/** Path → what is wrong, found without asking the server. */
export function settingProblems(sections: SettingSection[], document: SettingsDocument): Record<string, string> {
  const problems: Record<string, string> = {};
  for (const section of sections) {
    for (const field of section.fields) {
      const problem = fieldProblem(field, settingAt(document, field.path));
      if (problem) problems[field.path] = problem;
    }
  }
  return problems;
}

/** Server messages by settings path: `settings.queue.overlap` → `queue.overlap`; others keep their name. */
export function problemsByPath(fields: Record<string, string[]> | undefined): Record<string, string> {
  return Object.fromEntries(
    Object.entries(fields ?? {}).map(([name, messages]) => [name.replace(/^settings\./, ''), messages.join(' ')]),
  );
}

/** A value as a reader sees it. */
export function settingText(value: SettingValue | undefined): string {
  if (value === undefined || value === null || value === '') return 'none';
  if (typeof value === 'boolean') return value ? 'on' : 'off';
  if (typeof value !== 'object') return String(value);
  if (isList(value)) return value.join(', ') || 'none';
  return (
    Object.entries(value)
      .map(([name, other]) => `${name} → ${other}`)
      .join(', ') || 'none'
  );
}

/** `Array.isArray` does not narrow to lists that cannot be changed. */
export function isList(value: SettingValue | undefined): value is SettingList {
  return Array.isArray(value);
}

/** Maps and lists are equal when their entries are; everything else by identity. */
export function isEqual(one: SettingValue | undefined, other: SettingValue | undefined): boolean {
  if (typeof one !== 'object' || typeof other !== 'object' || one === null || other === null) return one === other;
  const entries = Object.entries(one);
  const others: Record<string, string> = Object.fromEntries(Object.entries(other));
  return (
    isList(one) === isList(other) &&
    entries.length === Object.keys(others).length &&
    entries.every(([name, value]) => value === others[name])
  );
}

function split(path: string): [string, string] {
  const [section = '', name = ''] = path.split('.');
  return [section, name];
}
