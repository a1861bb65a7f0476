import { List } from '@mantine/core';
import type { PrincipleChange } from '../../lib/api-types';
import { minusText } from '../../lib/number-text';

const WORDS: Record<string, string> = {
  name: 'name',
  positive: 'what is wanted',
  negative: 'negation',
  weight: 'weight',
  tags: 'only prompts tagged',
};

/** What became of each principle from one version to the next. */
export function ChangeList({ changes }: { changes: readonly PrincipleChange[] }) {
  if (changes.length === 0) return 'Only the order changed.';
  return (
    <List size="sm">
      {changes.map(({ key, change, fields }) => (
        <List.Item key={key}>
          <b>{key}</b>{' '}
          {change === 'changed'
            ? fields.map(({ field, before, after }) => (
                <span key={field} dir="auto" style={{ display: 'block', overflowWrap: 'anywhere' }}>
                  {WORDS[field] ?? field}: {shown(field, before)} → {shown(field, after)}
                </span>
              ))
            : `was ${change}`}
        </List.Item>
      ))}
    </List>
  );
}

function shown(field: string, value: string): string {
  if (field === 'weight') return minusText(value);
  if (field === 'tags') return value || 'all prompts';
  return `“${value}”`;
}
