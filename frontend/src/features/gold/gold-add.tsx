import { Button, Group, SimpleGrid, Stack, Textarea } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { type FormEvent, useRef, useState } from 'react';
import { answer, api } from '../../api/client';
import { Problem } from '../../api/problem';
import { projectKey } from '../../api/project-queries';
import { type ExpectedChoice, ExpectedField, expectedBody } from '../../components/expected-field';
import { PageSection } from '../../components/page-section';
import { ProblemAlert } from '../../components/problem-alert';
import { focusFirstProblem } from '../../lib/focus-problem';

interface Draft {
  prompt: string;
  a: string;
  b: string;
  expected: ExpectedChoice | null;
  explanation: string;
}

const EMPTY: Draft = { prompt: '', a: '', b: '', expected: null, explanation: '' };

/** A known pair written by hand. */
export function GoldAdd({ projectId }: { projectId: number }) {
  const [draft, setDraft] = useState(EMPTY);
  const [problems, setProblems] = useState<Record<string, string>>({});
  const formRef = useRef<HTMLFormElement>(null);
  const show = (found: Record<string, string>) => {
    setProblems(found);
    focusFirstProblem(formRef.current);
  };
  const add = useAddGold(projectId, () => setDraft(EMPTY), show);
  const change = (part: Partial<Draft>) => setDraft({ ...draft, ...part });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    const found = draftProblems(draft);
    setProblems(found);
    if (Object.keys(found).length > 0) show(found);
    else add.mutate(draft);
  };
  return (
    <PageSection title="Write a pair">
      <form ref={formRef} onSubmit={submit} noValidate>
        <Stack gap="md">
          <Text label="Prompt" value={draft.prompt} error={problems.prompt} onChange={(prompt) => change({ prompt })} />
          <SimpleGrid cols={{ base: 1, sm: 2 }}>
            <Text label="Completion A" value={draft.a} error={problems.completion_a} onChange={(a) => change({ a })} />
            <Text label="Completion B" value={draft.b} error={problems.completion_b} onChange={(b) => change({ b })} />
          </SimpleGrid>
          <ExpectedField
            value={draft.expected}
            error={problems.expected}
            onChange={(expected) => change({ expected })}
          />
          <Text
            label="Explanation"
            description="Why that is right. Labelers read it in the warm-up."
            value={draft.explanation}
            error={problems.explanation}
            onChange={(explanation) => change({ explanation })}
          />
          <ProblemAlert error={add.error} title="The pair was not added" />
          <Group justify="flex-end">
            <Button type="submit" loading={add.isPending}>
              Add the pair
            </Button>
          </Group>
        </Stack>
      </form>
    </PageSection>
  );
}

interface TextProps {
  label: string;
  description?: string;
  value: string;
  error?: string;
  onChange: (text: string) => void;
}

function Text({ onChange, ...rest }: TextProps) {
  return (
    <Textarea
      {...rest}
      onChange={(event) => onChange(event.currentTarget.value)}
      autosize
      minRows={2}
      maxRows={10}
      dir="auto"
    />
  );
}

function draftProblems({ prompt, a, b, expected }: Draft): Record<string, string> {
  const problems: Record<string, string> = {};
  if (!prompt.trim()) problems.prompt = 'A prompt is needed.';
  if (!a.trim()) problems.completion_a = 'A completion is needed.';
  if (!b.trim()) problems.completion_b = 'A completion is needed.';
  if (a.trim() && a === b) problems.completion_b = 'The completions must differ.';
  if (expected === null) problems.expected = 'Say which verdict is right.';
  return problems;
}

function useAddGold(projectId: number, onDone: () => void, onProblems: (problems: Record<string, string>) => void) {
  const queryClient = useQueryClient();
  return useMutation({
    mutationFn: ({ prompt, a, b, expected, explanation }: Draft) => {
      if (expected === null) throw new Error('A known pair without a right verdict cannot be added.');
      return answer(
        api.POST('/api/projects/{project_id}/gold/', {
          params: { path: { project_id: projectId } },
          body: {
            comparison_id: null,
            prompt,
            completion_a: a,
            completion_b: b,
            expected: expectedBody(expected),
            explanation: explanation.trim(),
          },
        }),
      );
    },
    onSuccess: () => {
      onDone();
      return queryClient.invalidateQueries({ queryKey: projectKey(projectId) });
    },
    onError: (error) => {
      if (!(error instanceof Problem)) return;
      onProblems(Object.fromEntries(Object.entries(error.fields).map(([name, words]) => [name, words.join(' ')])));
    },
  });
}
