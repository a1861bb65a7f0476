import { Group, Stack, Text, Title } from '@mantine/core';
import type { ReactNode } from 'react';
import classes from './state.module.css';

interface EmptyStateProps {
  title: string;
  /** Why there is nothing here and what happens next. */
  children?: ReactNode;
  icon?: ReactNode;
  actions?: ReactNode;
  /** 1 where this is all there is on the page. */
  level?: 1 | 2;
}

export function EmptyState({ title, children, icon, actions, level = 2 }: EmptyStateProps) {
  return (
    <Stack className={classes.state} align="center" gap="xs">
      {icon && (
        <span className={classes.icon} aria-hidden>
          {icon}
        </span>
      )}
      <Title order={level} size="h2">
        {title}
      </Title>
      {children && (
        <Text component="div" c="dimmed" maw="56ch">
          {children}
        </Text>
      )}
      {actions && <Group mt="sm">{actions}</Group>}
    </Stack>
  );
}
