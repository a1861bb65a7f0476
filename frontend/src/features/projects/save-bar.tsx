import { Button, Group, Text } from '@mantine/core';
import { countText } from '../../lib/number-text';
import { valueText } from '../../lib/setting-words';
import type { SettingChange } from '../../lib/settings-document';
import classes from './save-bar.module.css';

interface SaveBarProps {
  changes: readonly SettingChange[];
  isSaving: boolean;
  onReset: () => void;
}

/** Stays in view while there are unsaved changes: lists them, saves them or takes them back. */
export function SaveBar({ changes, isSaving, onReset }: SaveBarProps) {
  if (changes.length === 0) return null;
  return (
    <section className={classes.bar} aria-label="Unsaved changes">
      <details className={classes.details}>
        <summary>{countText(changes.length, 'unsaved change')}</summary>
        <ul className={classes.list}>
          {changes.map(({ label, before, after, ...field }) => (
            <li key={field.path}>
              {label}: {valueText(field, before)} → {valueText(field, after)}
            </li>
          ))}
        </ul>
      </details>
      <Group gap="xs" wrap="nowrap">
        <Button variant="default" onClick={onReset}>
          Take back
        </Button>
        <Button type="submit" loading={isSaving}>
          Save
        </Button>
      </Group>
      <Text className={classes.hidden} role="status">
        {countText(changes.length, 'unsaved change')}
      </Text>
    </section>
  );
}
