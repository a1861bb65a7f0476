import { Problem } from '../api/problem';
import { Notice } from './notice';

interface ProblemAlertProps {
  error: unknown;
  /** What was tried: “The round could not be started”. */
  title: string;
}

/** Why an action failed, under what was tried; nothing when there is no error. */
export function ProblemAlert({ error, title }: ProblemAlertProps) {
  if (!error) return null;
  const fields = error instanceof Problem ? Object.entries(error.fields) : [];
  return (
    <Notice tone="bad" title={title} role="alert">
      {error instanceof Error ? error.message : 'An unexpected error happened.'}
      {fields.length > 1 && (
        <ul>
          {fields.map(([field, messages]) => (
            <li key={field}>
              {field}: {messages.join(' ')}
            </li>
          ))}
        </ul>
      )}
    </Notice>
  );
}
