import { Collapse, SimpleGrid, Stack, Text, Title, UnstyledButton } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import type { SettingField, SettingSection, SettingsDocument } from '../lib/json-schema';
import { settingAt, withSetting } from '../lib/settings-document';
import { SettingsField } from './settings-field';
import classes from './settings-form.module.css';

interface SettingsFormProps {
  sections: readonly SettingSection[];
  value: SettingsDocument;
  saved: SettingsDocument;
  /** Paths shown without opening “Advanced”. */
  basic: ReadonlySet<string>;
  /** Path → message. */
  errors: Record<string, string>;
  disabled?: boolean;
  onChange: (value: SettingsDocument) => void;
}

/** A settings document as a form made from its JSON schema: one section each, rare settings folded away. */
export function SettingsForm({ sections, ...rest }: SettingsFormProps) {
  return (
    <Stack gap="lg">
      {sections.map((section) => (
        <Section key={section.key} section={section} {...rest} />
      ))}
    </Stack>
  );
}

type SectionProps = Omit<SettingsFormProps, 'sections'> & { section: SettingSection };

function Section({ section, basic, errors, ...rest }: SectionProps) {
  const shown = section.fields.filter((field) => basic.has(field.path));
  const folded = section.fields.filter((field) => !basic.has(field.path));
  const hasFoldedError = folded.some((field) => errors[field.path]);
  const [isOpen, { toggle }] = useDisclosure(shown.length === 0 && folded.length <= 4);
  const isShown = isOpen || hasFoldedError;
  return (
    <section aria-labelledby={`settings-${section.key}`}>
      <Title order={3} id={`settings-${section.key}`}>
        {section.title}
      </Title>
      <Text c="dimmed" size="sm" mb="sm">
        {section.description}
      </Text>
      <Fields fields={shown} errors={errors} {...rest} />
      {folded.length > 0 && (
        <>
          <UnstyledButton className={classes.toggle} aria-expanded={isShown} onClick={toggle} disabled={hasFoldedError}>
            {isShown ? '▾' : '▸'} Advanced ({folded.length})
          </UnstyledButton>
          <Collapse expanded={isShown}>
            <Fields fields={folded} errors={errors} {...rest} />
          </Collapse>
        </>
      )}
    </section>
  );
}

type FieldsProps = Omit<SettingsFormProps, 'sections' | 'basic'> & { fields: readonly SettingField[] };

function Fields({ fields, value, saved, errors, disabled, onChange }: FieldsProps) {
  if (fields.length === 0) return null;
  return (
    <SimpleGrid cols={{ base: 1, sm: 2 }} spacing="lg" verticalSpacing="md">
      {fields.map((field) => (
        <SettingsField
          key={field.path}
          field={field}
          value={settingAt(value, field.path)}
          saved={settingAt(saved, field.path)}
          error={errors[field.path]}
          disabled={disabled}
          onChange={(next) => onChange(withSetting(value, field.path, next))}
        />
      ))}
    </SimpleGrid>
  );
}
