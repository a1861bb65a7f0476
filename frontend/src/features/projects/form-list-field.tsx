import { Button, Fieldset, Group, Stack, Text, TextInput } from '@mantine/core';
import { type ReactNode, useRef } from 'react';
import { PlusIcon } from '../../components/icons';
import { RowActs } from '../../components/row-acts';
import { focusLastRow } from '../../lib/focus-row';
import { moved } from '../../lib/moved';
import { type ChoiceRow, nextRowId, type Row } from './form-draft';
import classes from './form-list-field.module.css';

interface FormListFieldProps<Entry extends ChoiceRow> {
  /** The field of the form: `aspects`. Messages are found under `aspects.0.label`. */
  name: string;
  legend: string;
  /** One of them, as in “Add an aspect”. */
  one: string;
  description: string;
  most: number;
  rows: readonly Entry[];
  fresh: Omit<Entry, keyof Row<object>>;
  problems: Record<string, string>;
  onChange: (rows: Entry[]) => void;
  /** What an entry has besides label and explanation. */
  children?: (row: Entry, change: (part: Partial<Entry>) => void) => ReactNode;
}

/** A list of named things in a question form: added, put in order, explained and taken away, all by keyboard. */
export function FormListField<Entry extends ChoiceRow>(props: FormListFieldProps<Entry>) {
  const { name, legend, one, description, most, rows, fresh, problems, onChange, children } = props;
  const change = (id: number, part: Partial<Entry>) =>
    onChange(rows.map((row) => (row.id === id ? { ...row, ...part } : row)));
  const list = useRef<HTMLDivElement>(null);
  const addButton = useRef<HTMLButtonElement>(null);
  const add = () => {
    onChange([...rows, { ...fresh, id: nextRowId(rows), isPublished: false } as Entry]);
    focusLastRow(list.current);
  };
  const remove = (id: number) => {
    onChange(rows.filter((row) => row.id !== id));
    addButton.current?.focus();
  };
  return (
    <Fieldset legend={legend}>
      <Text size="sm" c="dimmed" mb="sm">
        {description}
      </Text>
      <Stack gap="sm" ref={list}>
        {problems[name] && (
          <Text size="sm" c="var(--mantine-color-error)">
            {problems[name]}
          </Text>
        )}
        {rows.map((row, index) => {
          const title = row.label.trim() || `${one} ${index + 1}`;
          return (
            <Group
              key={row.id}
              gap="xs"
              align="flex-end"
              role="group"
              aria-label={title}
              className={classes.row}
              data-row
            >
              <TextInput
                label="Label"
                value={row.label}
                onChange={(event) => change(row.id, { label: event.currentTarget.value } as Partial<Entry>)}
                error={problems[`${name}.${index}.label`] ?? problems[`${name}.${index}.key`]}
                maxLength={60}
                required
                w={{ base: '100%', xs: 170 }}
              />
              <TextInput
                label="Explanation"
                value={row.description}
                onChange={(event) => change(row.id, { description: event.currentTarget.value } as Partial<Entry>)}
                error={problems[`${name}.${index}.description`]}
                maxLength={400}
                flex="1 1 11rem"
              />
              {children?.(row, (part) => change(row.id, part))}
              <RowActs
                title={title}
                index={index}
                count={rows.length}
                onMove={(by) => onChange(moved(rows, index, by))}
                onRemove={() => remove(row.id)}
              />
            </Group>
          );
        })}
        <Group>
          <Button
            ref={addButton}
            variant="default"
            size="compact-sm"
            leftSection={<PlusIcon />}
            onClick={add}
            disabled={rows.length >= most}
          >
            Add {one}
          </Button>
          {rows.length >= most && (
            <Text size="sm" c="dimmed">
              {most} at most
            </Text>
          )}
        </Group>
      </Stack>
    </Fieldset>
  );
}
