import { List, Text } from '@mantine/core';
import type { FormDifference } from './form-differences';

export function FormDifferenceList({ differences }: { differences: readonly FormDifference[] }) {
  if (differences.length === 0) return <Text size="sm">Only the order of what is asked changed.</Text>;
  return (
    <List size="sm">
      {differences.map(({ field, text }) => (
        <List.Item key={`${field} ${text}`}>
          {field}: {text}
        </List.Item>
      ))}
    </List>
  );
}
