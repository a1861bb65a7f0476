import { Alert } from '@mantine/core';
import { Problem } from '../api/problem';

interface ProblemAlertProps {
  error: unknown;
  /** What was tried: “The round could not be started”. */
  title: string;
}

/** Why an action failed, beside what was tried; nothing when there is no error. */
export function ProblemAlert({ error, title }: ProblemAlertProps) {
  if (!error) return null;
  const fields = error instanceof Problem ? Object.entries(error.fields) : [];
  return (
    <Alert role="alert" color="red" variant="outline" title={title} my="sm">
      {error instanceof Error ? error.message : 'An unexpected error happened.'}
      {fields.length > 0 && (
        <ul>
          {fields.map(([field, messages]) => (
            <li key={field}>
              {field}: {messages.join(' ')}
            </li>
          ))}
        </ul>
      )}
    </Alert>
  );
}
