import { Button, Checkbox, Group, Stack, Text, Textarea, TextInput } from '@mantine/core';
import { useBlocker } from '@tanstack/react-router';
import { type FormEvent, useId, useState } from 'react';
import { Problem } from '../../api/problem';
import { ProblemAlert } from '../../components/problem-alert';
import { StatusText } from '../../components/status-text';
import type { CardStatement, StatementCard } from '../../lib/api-types';
import { countText } from '../../lib/number-text';
import { changedFields, missingFields, type Said } from './statement-draft';

interface StatementFormProps {
  card: StatementCard;
  /** Offer to let the project's next reward models begin with the same words. */
  offersProject: boolean;
  error: unknown;
  isSaving: boolean;
  onPublish: (said: Said) => void;
}

/** What people say of a reward model, field by field; what is mandatory and empty is marked before and after saving. */
export function StatementForm({ card, offersProject, error, isSaving, onPublish }: StatementFormProps) {
  const [statement, setStatement] = useState<CardStatement>(card.statement);
  const [note, setNote] = useState('');
  const [forProject, setForProject] = useState(offersProject);
  const id = useId();
  const changed = changedFields(card, statement);
  const missing = missingFields(card.fields, statement);
  const problems = error instanceof Problem ? error.fields : {};
  useBlocker({
    shouldBlockFn: () => changed.length > 0 && !isSaving && !window.confirm('Leave without publishing what you wrote?'),
    enableBeforeUnload: () => changed.length > 0,
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    onPublish({ statement, note, forProject: offersProject && forProject });
  };
  return (
    <form onSubmit={submit} aria-label="Statement">
      <Stack gap="md">
        <StatusText tone={missing.length === 0 ? 'good' : 'warn'}>
          {missing.length === 0
            ? 'Every mandatory field says something'
            : `${countText(missing.length, 'mandatory field')} empty: ${missing.map(({ title }) => title).join(', ')}`}
        </StatusText>
        {card.fields.map(({ name, title, description, mandatory }) => (
          <Textarea
            key={name}
            label={title}
            description={description}
            withAsterisk={mandatory}
            autosize
            minRows={2}
            maxRows={12}
            maxLength={4000}
            value={statement[name as keyof CardStatement]}
            error={problems?.[`statement.${name}`]?.[0]}
            onChange={(event) => setStatement({ ...statement, [name]: event.currentTarget.value })}
          />
        ))}
        <TextInput
          label="What changed and why"
          description="Kept with this version."
          maxLength={2000}
          value={note}
          error={problems?.note?.[0]}
          onChange={(event) => setNote(event.currentTarget.value)}
        />
        {offersProject && (
          <Checkbox
            label="Also the project's own statement, which its next reward models begin with"
            checked={forProject}
            onChange={(event) => setForProject(event.currentTarget.checked)}
          />
        )}
        <ProblemAlert error={error} title="The card was not published" />
        <Group justify="flex-end" gap="sm">
          <Text id={id} size="sm" c="dimmed">
            {changed.length === 0 ? 'Nothing is changed' : `${countText(changed.length, 'field')} changed`}
          </Text>
          <Button type="submit" loading={isSaving} disabled={changed.length === 0} aria-describedby={id}>
            Publish version {(card.of_project && offersProject ? 0 : card.number) + 1}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
