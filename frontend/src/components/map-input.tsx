import { ActionIcon, Button, Group, Input, Stack, TextInput } from '@mantine/core';
import { useState } from 'react';
import type { SettingMap } from '../lib/json-schema';
import { CloseIcon, PlusIcon } from './icons';

interface MapInputProps {
  label: string;
  description?: string;
  error?: string;
  disabled?: boolean;
  name: string;
  value: SettingMap;
  onChange: (value: SettingMap) => void;
}

interface Row {
  /** Stays with the row while its name is typed. */
  id: number;
  name: string;
  target: string;
}

/** A table of names, such as prompt tag → labeler group. A row counts once both of its names are there. */
export function MapInput({ label, description, error, disabled, name, value, onChange }: MapInputProps) {
  const [rows, setRows] = useState(() => rowsOf(value));
  // Another document was put in place, such as by “Take back”: its rows replace what was typed.
  const shown = isSame(mapOf(rows), value) ? rows : rowsOf(value);
  const change = (next: Row[]) => {
    setRows(next);
    onChange(mapOf(next));
  };
  const set = (id: number, part: Partial<Row>) =>
    change(shown.map((row) => (row.id === id ? { ...row, ...part } : row)));
  return (
    <Input.Wrapper
      label={label}
      description={description}
      error={error}
      labelElement="div"
      role="group"
      aria-label={label}
    >
      <Stack gap={6} mt={6}>
        {shown.map((row, index) => (
          <Group key={row.id} gap={6} wrap="nowrap">
            <TextInput
              aria-label={`${label}: prompt tag ${index + 1}`}
              placeholder="prompt tag"
              name={`${name}.${index}.tag`}
              value={row.name}
              disabled={disabled}
              onChange={(event) => set(row.id, { name: event.currentTarget.value })}
              flex={1}
              miw={0}
            />
            <span aria-hidden>→</span>
            <TextInput
              aria-label={`${label}: group ${index + 1}`}
              placeholder="group"
              name={`${name}.${index}.group`}
              value={row.target}
              disabled={disabled}
              onChange={(event) => set(row.id, { target: event.currentTarget.value })}
              flex={1}
              miw={0}
            />
            <ActionIcon
              variant="subtle"
              color="gray"
              aria-label={`Remove ${row.name || `row ${index + 1}`}`}
              disabled={disabled}
              onClick={() => change(shown.filter(({ id }) => id !== row.id))}
            >
              <CloseIcon />
            </ActionIcon>
          </Group>
        ))}
        <Group>
          <Button
            variant="default"
            size="compact-sm"
            leftSection={<PlusIcon />}
            disabled={disabled}
            onClick={() => setRows([...shown, { id: nextId(shown), name: '', target: '' }])}
          >
            Add a row
          </Button>
        </Group>
      </Stack>
    </Input.Wrapper>
  );
}

function rowsOf(value: SettingMap): Row[] {
  return Object.entries(value).map(([name, target], id) => ({ id, name, target }));
}

function nextId(rows: readonly Row[]): number {
  return Math.max(-1, ...rows.map(({ id }) => id)) + 1;
}

function mapOf(rows: readonly Row[]): SettingMap {
  return Object.fromEntries(
    rows.map(({ name, target }) => [name.trim(), target.trim()] as const).filter(([name, target]) => name && target),
  );
}

function isSame(one: SettingMap, other: SettingMap): boolean {
  return JSON.stringify(Object.entries(one).sort()) === JSON.stringify(Object.entries(other).sort());
}
