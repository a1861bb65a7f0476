import { Collapse, SimpleGrid, Title, UnstyledButton, VisuallyHidden } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import type { SettingField, SettingsDocument } from '../lib/json-schema';
import { settingAt, withSetting } from '../lib/settings-document';
import type { SettingGroup } from '../lib/settings-groups';
import { SettingsField } from './settings-field';
import classes from './settings-form.module.css';

export interface SettingsEditing {
  value: SettingsDocument;
  saved: SettingsDocument;
  /** Paths shown without opening “Advanced”. */
  basic: ReadonlySet<string>;
  /** Path → message. */
  errors: Record<string, string>;
  /** Path of a list → names to choose from. */
  offered?: Record<string, readonly string[]>;
  disabled?: boolean;
  onChange: (value: SettingsDocument) => void;
}

type SettingsGroupProps = SettingsEditing & {
  group: SettingGroup;
  /** Nothing is folded away. */
  isWhole: boolean;
};

/** Settings under one heading; rare ones are folded away. */
export function SettingsGroup({ group, isWhole, basic, errors, ...rest }: SettingsGroupProps) {
  const shown = group.fields.filter((field) => isWhole || basic.has(field.path));
  const folded = group.fields.filter((field) => !isWhole && !basic.has(field.path));
  const hasFoldedError = folded.some((field) => errors[field.path]);
  const [isOpen, { toggle }] = useDisclosure(shown.length === 0 && folded.length <= 4);
  const isShown = isOpen || hasFoldedError;
  return (
    <div>
      {group.title && (
        <Title order={4} fz="sm" c="dimmed" mb="xs">
          {group.title}
        </Title>
      )}
      <Fields fields={shown} errors={errors} {...rest} />
      {folded.length > 0 && (
        <>
          <UnstyledButton className={classes.toggle} aria-expanded={isShown} onClick={toggle} disabled={hasFoldedError}>
            {isShown ? '▾' : '▸'} Advanced ({folded.length})
            {group.title && <VisuallyHidden component="span"> of {group.title}</VisuallyHidden>}
          </UnstyledButton>
          <Collapse expanded={isShown}>
            <Fields fields={folded} errors={errors} {...rest} />
          </Collapse>
        </>
      )}
    </div>
  );
}

type FieldsProps = Omit<SettingsEditing, 'basic'> & { fields: readonly SettingField[] };

function Fields({ fields, value, saved, errors, offered, disabled, onChange }: FieldsProps) {
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
          offered={offered?.[field.path]}
          disabled={disabled}
          onChange={(next) => onChange(withSetting(value, field.path, next))}
        />
      ))}
    </SimpleGrid>
  );
}
