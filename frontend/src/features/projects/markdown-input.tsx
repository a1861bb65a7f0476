import { Button, Group, Input, Paper, Textarea } from '@mantine/core';
import { useId, useState } from 'react';
import { MarkdownText } from '../../components/markdown-text';

interface MarkdownInputProps {
  label: string;
  description?: string;
  error?: string;
  value: string;
  onChange: (value: string) => void;
}

/** A markdown text with a preview that shows what readers will see. */
export function MarkdownInput({ label, description, error, value, onChange }: MarkdownInputProps) {
  const [isPreview, setIsPreview] = useState(false);
  const id = useId();
  return (
    <Input.Wrapper id={id} label={label} description={description} error={error}>
      <Group gap="xs" my={4}>
        <Button size="compact-xs" variant="default" aria-pressed={isPreview} onClick={() => setIsPreview(!isPreview)}>
          {isPreview ? 'Write' : 'Preview'}
        </Button>
      </Group>
      {isPreview ? (
        <Paper p="sm" mih={120}>
          <MarkdownText text={value || '*Nothing written yet.*'} links="open" />
        </Paper>
      ) : (
        <Textarea
          id={id}
          value={value}
          onChange={(event) => onChange(event.currentTarget.value)}
          autosize
          minRows={6}
          maxRows={24}
          error={Boolean(error)}
        />
      )}
    </Input.Wrapper>
  );
}
