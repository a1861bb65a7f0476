import { NumberInput, Select, Switch, TagsInput, Textarea, TextInput } from '@mantine/core';
import { rangeText, type SettingField, type SettingValue } from '../lib/json-schema';
import { choiceLabel, emptyText, valueText } from '../lib/setting-words';
import { isEqual, isList } from '../lib/settings-document';
import { MapInput } from './map-input';

interface SettingsFieldProps {
  field: SettingField;
  value: SettingValue | undefined;
  /** The value before editing; when it differs the field says so. */
  saved: SettingValue | undefined;
  error?: string;
  /** Names to choose from, of a list. */
  offered?: readonly string[];
  disabled?: boolean;
  onChange: (value: SettingValue) => void;
}

/** One setting as the control that fits its type, with its meaning, range, default and what it was. */
export function SettingsField({ field, value, saved, error, offered = [], disabled, onChange }: SettingsFieldProps) {
  const shared = {
    label: field.label,
    description: helpOf(field, value, saved),
    error,
    disabled,
    name: field.path,
  };
  if (field.kind === 'boolean') {
    return <Switch {...shared} checked={value === true} onChange={(event) => onChange(event.currentTarget.checked)} />;
  }
  if (field.kind === 'choice') {
    return (
      <Select
        {...shared}
        data={field.choices.map((choice) => ({ value: String(choice), label: choiceLabel(choice) }))}
        value={value === null || value === undefined ? null : String(value)}
        onChange={(text) => onChange(field.choices.find((choice) => String(choice) === text) ?? null)}
        clearable={field.nullable}
        allowDeselect={field.nullable}
      />
    );
  }
  if (field.kind === 'map') {
    return (
      <MapInput
        {...shared}
        value={typeof value === 'object' && value !== null && !isList(value) ? value : {}}
        onChange={onChange}
      />
    );
  }
  if (field.kind === 'list') {
    return (
      <TagsInput
        {...shared}
        data={[...offered]}
        value={isList(value) ? [...value] : []}
        onChange={onChange}
        clearable
      />
    );
  }
  if (field.kind === 'prose') {
    return (
      <Textarea
        {...shared}
        value={typeof value === 'string' ? value : ''}
        onChange={(event) => onChange(event.currentTarget.value)}
        autosize
        minRows={2}
        maxRows={8}
      />
    );
  }
  if (field.kind === 'text') {
    return (
      <TextInput
        {...shared}
        value={typeof value === 'string' ? value : ''}
        onChange={(event) => onChange(event.currentTarget.value)}
      />
    );
  }
  return (
    <NumberInput
      {...shared}
      value={typeof value === 'number' ? value : ''}
      onChange={(next) => onChange(next === '' ? null : Number(next))}
      allowDecimal={field.kind === 'number'}
      clampBehavior="none"
      placeholder={field.nullable ? emptyText(field.path) : undefined}
      hideControls
    />
  );
}

function helpOf(field: SettingField, value: SettingValue | undefined, saved: SettingValue | undefined): string {
  const range = rangeText(field);
  const facts = [range, `default ${valueText(field, field.standard)}`];
  if (saved !== undefined && !isEqual(saved, value)) facts.push(`was ${valueText(field, saved)}`);
  return `${field.help} (${facts.filter(Boolean).join(', ')})`.trim();
}
