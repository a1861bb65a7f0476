import { Group, Stack, Text, Title } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import { Problem } from '../api/problem';
import plain from './plain-button.module.css';
import classes from './state.module.css';

interface ErrorStateProps {
  error: unknown;
  /** What was tried, for example "The rounds could not be loaded". */
  title?: string;
  onRetry?: () => void;
  /** 1 where this is all there is on the page. */
  level?: 1 | 2;
}

/** A page or a part of it that failed: what happened, and a way on. */
export function ErrorState({ error, title, onRetry, level = 2 }: ErrorStateProps) {
  const missing = error instanceof Problem && error.status === 404;
  return (
    <Stack className={classes.state} align="center" gap="xs" role="alert">
      <Title order={level} size="h2">
        {missing ? 'Nothing here' : (title ?? 'This could not be loaded')}
      </Title>
      <Text c="dimmed" maw="56ch">
        {missing ? 'It does not exist, or you are not a member of its project.' : sentence(error)}
      </Text>
      {missing && (
        <Group mt="sm">
          <Link to="/" className={plain.button}>
            To the projects
          </Link>
        </Group>
      )}
      {onRetry && !missing && (
        <Group mt="sm">
          <button type="button" className={plain.button} onClick={onRetry}>
            Try again
          </button>
        </Group>
      )}
    </Stack>
  );
}

function sentence(error: unknown): string {
  return error instanceof Error && error.message ? error.message : 'An unexpected error happened.';
}
