import { Stack, Text, TextInput, Title } from '@mantine/core';
import { type ReactNode, useState } from 'react';
import type { SettingSection, SettingsDocument } from '../lib/json-schema';
import { countText } from '../lib/number-text';
import { choiceLabel } from '../lib/setting-words';
import { groupsOf, isRead, sectionsFound } from '../lib/settings-groups';
import { type SettingsEditing, SettingsGroup } from './settings-group';

type SettingsFormProps = SettingsEditing & {
  sections: readonly SettingSection[];
  value: SettingsDocument;
  /** Section key → what stands above its settings. */
  leads?: Readonly<Record<string, ReactNode>>;
};

/** A settings document as a form made from its JSON schema: one section each, rare settings folded away. */
export function SettingsForm({ sections, leads, ...rest }: SettingsFormProps) {
  const [sought, setSought] = useState('');
  const isSeeking = sought.trim() !== '';
  const found = sectionsFound(sections, sought);
  return (
    <Stack gap="lg">
      <TextInput
        type="search"
        label="Find a setting"
        placeholder="smoothing, lease, KL …"
        maw="24rem"
        value={sought}
        onChange={(event) => setSought(event.currentTarget.value)}
        onKeyDown={(event) => {
          // Enter would save the settings.
          if (event.key === 'Enter') event.preventDefault();
        }}
      />
      {found.map((section) => (
        <section key={section.key} aria-labelledby={`settings-${section.key}`}>
          <Title order={3} id={`settings-${section.key}`}>
            {section.title}
          </Title>
          <Text c="dimmed" size="sm" mb="sm">
            {section.description}
          </Text>
          <Stack gap="md">
            {!isSeeking && leads?.[section.key]}
            <Groups section={section} isSeeking={isSeeking} {...rest} />
          </Stack>
        </section>
      ))}
      {found.length === 0 && (
        <Text role="status" c="dimmed">
          No setting is called that or says so.
        </Text>
      )}
    </Stack>
  );
}

type GroupsProps = SettingsEditing & { section: SettingSection; isSeeking: boolean };

/** A section's settings that the chosen method reads, and how many it does not read. */
function Groups({ section, isSeeking, ...rest }: GroupsProps) {
  const { value, errors } = rest;
  const read = section.fields.filter((field) => isRead(field, value) || errors[field.path]);
  const unread = section.fields.length - read.length;
  return (
    <>
      {groupsOf({ ...section, fields: read }).map((group) => (
        <SettingsGroup key={group.title} group={group} isWhole={isSeeking} {...rest} />
      ))}
      {unread > 0 && (
        <Text size="sm" c="dimmed">
          {countText(unread, 'setting')} that {choiceLabel(String(value[section.key]?.method))} does not read{' '}
          {unread === 1 ? 'is' : 'are'} not shown and {unread === 1 ? 'keeps its value' : 'keep their values'}.
        </Text>
      )}
    </>
  );
}
