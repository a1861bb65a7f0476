import { Group, Stack, Text, Title } from '@mantine/core';
import type { ReactNode } from 'react';
import classes from './state.module.css';

interface EmptyStateProps {
  title: string;
  /** Why there is nothing here and what happens next. */
  children?: ReactNode;
  icon?: ReactNode;
  actions?: ReactNode;
}

export function EmptyState({ title, children, icon, actions }: EmptyStateProps) {
  return (
    <Stack className={classes.state} align="center" gap="xs">
      {icon && (
        <span className={classes.icon} aria-hidden>
          {icon}
        </span>
      )}
      <Title order={2}>{title}</Title>
      {children && (
        <Text component="div" c="dimmed" maw="56ch">
          {children}
        </Text>
      )}
      {actions && <Group mt="sm">{actions}</Group>}
    </Stack>
  );
}
