import { Button, Group, Radio, Stack, Text } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { answer, api } from '../../api/client';
import { projectKey } from '../../api/project-queries';
import { PageSection } from '../../components/page-section';
import { ProblemAlert } from '../../components/problem-alert';
import { RejectedTable } from '../../components/rejected-table';
import type { PromptUpload as UploadReport } from '../../lib/api-types';
import { countText } from '../../lib/number-text';
import { NO_PROMPTS, PromptSource, type PromptText } from './prompt-source';

type Split = 'train' | 'panel';

/** Adds prompts and tells what became of every row. */
export function PromptUpload({ projectId }: { projectId: number }) {
  const [prompts, setPrompts] = useState<PromptText>(NO_PROMPTS);
  const [split, setSplit] = useState<Split>('train');
  const queryClient = useQueryClient();
  const upload = useMutation({
    mutationFn: () =>
      answer(
        api.POST('/api/projects/{project_id}/prompts/', {
          params: { path: { project_id: projectId } },
          body: { format: prompts.format, text: prompts.text, split },
        }),
      ),
    onSuccess: () => {
      setPrompts(NO_PROMPTS);
      return queryClient.invalidateQueries({ queryKey: projectKey(projectId) });
    },
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    upload.mutate();
  };
  return (
    <PageSection title="Add prompts">
      <form onSubmit={submit}>
        <Stack gap="md">
          <PromptSource value={prompts} onChange={setPrompts} />
          <Radio.Group label="Used for" value={split} onChange={(value) => setSplit(value as Split)}>
            <Stack gap="xs" mt="xs">
              <Radio value="train" label="Training" description="Completions for them are labeled and trained on." />
              <Radio
                value="panel"
                label="Panel"
                description="Kept for evaluation: policies are compared on them, never trained."
              />
            </Stack>
          </Radio.Group>
          <ProblemAlert error={upload.error} title="The prompts were not added" />
          <Group justify="flex-end">
            <Button type="submit" loading={upload.isPending} disabled={!prompts.text.trim()}>
              Add
            </Button>
          </Group>
        </Stack>
      </form>
      {upload.data && <UploadResult report={upload.data} />}
    </PageSection>
  );
}

function UploadResult({ report }: { report: UploadReport }) {
  return (
    <div role="status">
      <Text>
        {countText(report.added, 'prompt')} added
        {report.duplicates > 0 && `, ${report.duplicates} were there already`}.
      </Text>
      <RejectedTable rows={report.rejected} total={report.rejected_total} />
    </div>
  );
}
