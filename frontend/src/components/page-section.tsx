import { Group, Paper, Text, Title } from '@mantine/core';
import type { ReactNode } from 'react';

interface PageSectionProps {
  title: ReactNode;
  /** What the section shows and how to read it. */
  description?: ReactNode;
  actions?: ReactNode;
  children: ReactNode;
}

/** One titled part of a page. */
export function PageSection({ title, description, actions, children }: PageSectionProps) {
  return (
    <Paper component="section" p={{ base: 'sm', sm: 'md' }} mb="md" miw={0}>
      <Group justify="space-between" align="flex-start" mb="sm" gap="xs">
        <div>
          <Title order={2}>{title}</Title>
          {description && (
            <Text size="sm" c="dimmed" component="div" maw="75ch">
              {description}
            </Text>
          )}
        </div>
        {actions && <Group gap="xs">{actions}</Group>}
      </Group>
      {children}
    </Paper>
  );
}
