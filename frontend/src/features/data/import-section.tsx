import { Button, FileInput, Group, Select, Stack, Text } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { projectKey } from '../../api/project-queries';
import { uploadFile } from '../../api/upload';
import { PageSection } from '../../components/page-section';
import { ProblemAlert } from '../../components/problem-alert';
import { ProgressLine } from '../../components/progress-line';
import { RejectedTable } from '../../components/rejected-table';
import type { ImportReport } from '../../lib/api-types';
import { countText } from '../../lib/number-text';

const FORMATS = [
  { value: 'auto', label: 'Find out from the rows' },
  { value: 'trl', label: 'TRL preferences' },
  { value: 'hh-rlhf', label: 'HH-RLHF' },
  { value: 'oasst', label: 'OpenAssistant trees' },
  { value: 'pandalm', label: 'PandaLM' },
  { value: 'llmbar', label: 'LLMBar' },
  { value: 'sharegpt', label: 'ShareGPT pairs' },
  { value: 'demonstrations', label: 'Demonstrations (SFT)' },
];

/** What a format found from the rows is called. */
function formatName(value: string): string {
  return FORMATS.find((format) => format.value === value)?.label ?? value;
}

/** Takes a file of preference pairs and tells what became of every row. */
export function ImportSection({ projectId }: { projectId: number }) {
  const [file, setFile] = useState<File | null>(null);
  const [format, setFormat] = useState('auto');
  const [share, setShare] = useState(0);
  const queryClient = useQueryClient();
  const send = useMutation({
    mutationFn: (chosen: File) =>
      uploadFile<ImportReport>(`/api/projects/${projectId}/imports/`, { file: chosen, format }, setShare),
    onSuccess: () => queryClient.invalidateQueries({ queryKey: projectKey(projectId) }),
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    setShare(0);
    if (file) send.mutate(file);
  };
  return (
    <PageSection
      title="Import preferences or demonstrations"
      description="Rows of chosen and rejected completions, or of a prompt and the completion to imitate, as JSONL, JSON or gzip of either. Rows that cannot be used are named; all others are kept."
    >
      <form onSubmit={submit}>
        <Group align="flex-end" gap="sm">
          <FileInput
            label="File"
            placeholder="Choose a file"
            accept=".jsonl,.json,.ndjson,.gz"
            value={file}
            onChange={setFile}
            clearable
            w={{ base: '100%', xs: 280 }}
          />
          <Select
            label="Format"
            data={FORMATS}
            value={format}
            allowDeselect={false}
            onChange={(value) => setFormat(value ?? 'auto')}
          />
          <Button type="submit" disabled={!file} loading={send.isPending}>
            Import
          </Button>
        </Group>
      </form>
      {send.isPending && (
        <ProgressLine
          label={share < 1 ? 'Sending the file, percent' : 'The file is there; its rows are being read'}
          step={Math.round(share * 100)}
          of={100}
        />
      )}
      <ProblemAlert error={send.error} title="The file was not imported" />
      {send.data && <ImportResult report={send.data} />}
    </PageSection>
  );
}

function ImportResult({ report }: { report: ImportReport }) {
  const what = report.format === 'demonstrations' ? 'demonstration' : 'preference';
  return (
    <Stack gap="xs" mt="md" role="status">
      <Text>
        {countText(report.imported, what)} of {countText(report.rows, 'row')} imported ({formatName(report.format)}),{' '}
        {countText(report.prompts_added, 'new prompt')}
        {report.already_imported > 0 && `, ${report.already_imported.toLocaleString('en')} were there already`}.
      </Text>
      <RejectedTable rows={report.rejected} total={report.rejected_total} />
    </Stack>
  );
}
