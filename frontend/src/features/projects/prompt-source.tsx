import { Button, FileButton, Group, SegmentedControl, Stack, Text, Textarea } from '@mantine/core';
import { UploadIcon } from '../../components/icons';
import { guessFormat, type PromptFormat, previewPrompts } from '../../lib/prompt-preview';
import { PromptPreviewTable } from './prompt-preview-table';

export interface PromptText {
  format: PromptFormat;
  text: string;
  fileName: string | null;
}

export const NO_PROMPTS: PromptText = { format: 'lines', text: '', fileName: null };

interface PromptSourceProps {
  value: PromptText;
  error?: string;
  onChange: (value: PromptText) => void;
}

const FORMATS = [
  { value: 'lines', label: 'One per line' },
  { value: 'jsonl', label: 'JSONL' },
  { value: 'csv', label: 'CSV' },
];

const HELP: Record<PromptFormat, string> = {
  lines: 'Each line is one prompt.',
  jsonl: 'Each line is {"prompt": "…"} or {"messages": [{"role": "user", "content": "…"}]}.',
  csv: 'The first row names the columns; the column “prompt” is read.',
};

/** Prompts pasted or read from a file, with a look at the first rows before they are sent. */
export function PromptSource({ value, error, onChange }: PromptSourceProps) {
  const readFile = async (file: File | null) => {
    if (!file) return;
    const text = await file.text();
    onChange({ format: guessFormat(file.name, text), text, fileName: file.name });
  };
  return (
    <Stack gap="sm">
      <Group gap="sm">
        <SegmentedControl
          aria-label="Format of the prompts"
          size="xs"
          data={FORMATS}
          value={value.format}
          onChange={(format) => onChange({ ...value, format: format as PromptFormat })}
        />
        <FileButton onChange={(file) => void readFile(file)} accept=".txt,.jsonl,.ndjson,.json,.csv">
          {(props) => (
            <Button {...props} variant="default" size="xs" leftSection={<UploadIcon />}>
              Choose a file
            </Button>
          )}
        </FileButton>
        {value.fileName && (
          <Text size="sm" c="dimmed">
            {value.fileName}
          </Text>
        )}
      </Group>
      <Textarea
        label="Prompts"
        description={HELP[value.format]}
        error={error}
        value={value.text}
        onChange={(event) => onChange({ ...value, text: event.currentTarget.value, fileName: null })}
        autosize
        minRows={5}
        maxRows={14}
        spellCheck={false}
      />
      {value.text.trim() && <PromptPreviewTable preview={previewPrompts(value.text, value.format)} />}
    </Stack>
  );
}
