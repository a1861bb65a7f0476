import { Stack, Text, TextInput, Title } from '@mantine/core';
import { useState } from 'react';
import type { SettingSection, SettingsDocument } from '../lib/json-schema';
import { groupsOf, sectionsFound } from '../lib/settings-groups';
import { type SettingsEditing, SettingsGroup } from './settings-group';

type SettingsFormProps = SettingsEditing & {
  sections: readonly SettingSection[];
  value: SettingsDocument;
};

/** A settings document as a form made from its JSON schema: one section each, rare settings folded away. */
export function SettingsForm({ sections, ...rest }: SettingsFormProps) {
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
            {groupsOf(section).map((group) => (
              <SettingsGroup key={group.title} group={group} isWhole={isSeeking} {...rest} />
            ))}
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
