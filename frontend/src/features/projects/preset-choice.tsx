import { Radio, SimpleGrid, Stack } from '@mantine/core';
import { FORM_PRESETS } from './form-presets';
import { FormPreview } from './form-preview';
import { chosenForm } from './project-draft';

interface PresetChoiceProps {
  value: string;
  error?: string;
  onChange: (key: string) => void;
}

/** The question form that a new project begins with, and what a labeler sees of it. */
export function PresetChoice({ value, error, onChange }: PresetChoiceProps) {
  return (
    <SimpleGrid cols={{ base: 1, sm: 2 }} spacing="lg">
      <Radio.Group label="Begin with" value={value} onChange={onChange} error={error}>
        <Stack gap="sm" mt="xs">
          {FORM_PRESETS.map(({ key, label, description }) => (
            <Radio key={key} value={key} label={label} description={description} />
          ))}
        </Stack>
      </Radio.Group>
      <FormPreview form={chosenForm({ form: value })} />
    </SimpleGrid>
  );
}
