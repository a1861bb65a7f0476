import { Button, Code, FileInput, Group, Stack, Text } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { projectKey } from '../../api/project-queries';
import { uploadFile } from '../../api/upload';
import { PageSection } from '../../components/page-section';
import { ProblemAlert } from '../../components/problem-alert';
import { RejectedTable } from '../../components/rejected-table';
import type { GoldImport } from '../../lib/api-types';
import { countText } from '../../lib/number-text';

const EXAMPLE =
  '{"prompt": "…", "completion_a": "…", "completion_b": "…", "expected": "a", "explanation": "B is off the topic."}';

/** Known pairs from a file; rows that cannot be used are named with the reason. */
export function GoldUpload({ projectId }: { projectId: number }) {
  const [file, setFile] = useState<File | null>(null);
  const queryClient = useQueryClient();
  const send = useMutation({
    mutationFn: (chosen: File) =>
      uploadFile<GoldImport>(`/api/projects/${projectId}/gold/import/`, { file: chosen }, () => {}),
    onSuccess: () => {
      setFile(null);
      return queryClient.invalidateQueries({ queryKey: projectKey(projectId) });
    },
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (file) send.mutate(file);
  };
  return (
    <PageSection
      title="From a file"
      description={
        <>
          JSON lines such as <Code>{EXAMPLE}</Code>; <Code>expected</Code> is a, b, tie or both_bad.
        </>
      }
    >
      <form onSubmit={submit}>
        <Group align="flex-end" gap="sm">
          <FileInput
            label="File"
            placeholder="Choose a file"
            accept=".jsonl,.ndjson,.json"
            value={file}
            onChange={setFile}
            clearable
            w={{ base: '100%', xs: 280 }}
          />
          <Button type="submit" disabled={!file} loading={send.isPending}>
            Add the pairs
          </Button>
        </Group>
      </form>
      <ProblemAlert error={send.error} title="The file was not read" />
      {send.data && (
        <Stack gap="xs" mt="md" role="status">
          <Text>{countText(send.data.added, 'known pair')} added.</Text>
          <RejectedTable rows={send.data.rejected} total={send.data.rejected.length} />
        </Stack>
      )}
    </PageSection>
  );
}
