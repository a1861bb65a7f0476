import { Button, Group, Modal, Stack, Text, Textarea } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { notifications } from '@mantine/notifications';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { answer, api } from '../../api/client';
import { projectKey } from '../../api/project-queries';
import { type ExpectedChoice, ExpectedField, expectedBody } from '../../components/expected-field';
import { ProblemAlert } from '../../components/problem-alert';
import type { PreferenceRow } from '../../lib/api-types';

interface MakeGoldProps {
  projectId: number;
  row: PreferenceRow;
}

/** Copies the pair of a preference into a known pair, with the right verdict and why it is right. */
export function MakeGold({ projectId, row }: MakeGoldProps) {
  const [opened, { open, close }] = useDisclosure(false);
  return (
    <>
      <Button size="compact-xs" variant="default" onClick={open}>
        Make it a known pair
      </Button>
      <Modal opened={opened} onClose={close} title="Make it a known pair">
        <GoldForm projectId={projectId} row={row} onDone={close} />
      </Modal>
    </>
  );
}

function GoldForm({ projectId, row, onDone }: MakeGoldProps & { onDone: () => void }) {
  const [expected, setExpected] = useState(() => choiceOf(row));
  const [explanation, setExplanation] = useState('');
  const queryClient = useQueryClient();
  const make = useMutation({
    mutationFn: (choice: ExpectedChoice) =>
      answer(
        api.POST('/api/projects/{project_id}/gold/', {
          params: { path: { project_id: projectId } },
          body: {
            comparison_id: row.comparison_id,
            prompt: null,
            completion_a: null,
            completion_b: null,
            expected: expectedBody(choice),
            explanation: explanation.trim(),
          },
        }),
      ),
    onSuccess: () => {
      notifications.show({ title: 'Added', message: 'The pair is a known pair now.' });
      onDone();
      return queryClient.invalidateQueries({ queryKey: projectKey(projectId) });
    },
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (expected !== null) make.mutate(expected);
  };
  return (
    <form onSubmit={submit}>
      <Stack gap="md">
        <Text size="sm">
          The prompt and both completions are copied. Whoever judged this pair is not given the known pair.
        </Text>
        <ExpectedField value={expected} onChange={setExpected} />
        <Textarea
          label="Explanation"
          description="Why that is right. Labelers read it in the warm-up."
          value={explanation}
          onChange={(event) => setExplanation(event.currentTarget.value)}
          maxLength={4000}
          autosize
          minRows={2}
        />
        <ProblemAlert error={make.error} title="The known pair was not made" />
        <Group justify="flex-end" gap="xs">
          <Button variant="default" onClick={onDone}>
            Cancel
          </Button>
          <Button type="submit" disabled={expected === null} loading={make.isPending}>
            Make the known pair
          </Button>
        </Group>
      </Stack>
    </form>
  );
}

function choiceOf({ kind, winner }: PreferenceRow): ExpectedChoice | null {
  if (kind === 'prefer') return winner;
  return kind === 'tie' || kind === 'both_bad' ? kind : null;
}
