import { Radio, Stack, TextInput } from '@mantine/core';
import { useState } from 'react';
import type { ModelChoice } from '../../lib/api-types';

interface ModelChoiceInputProps {
  label: string;
  description: string;
  choices: readonly ModelChoice[];
  /** Whether a Hugging Face id may be typed in. */
  hub: boolean;
  value: string;
  error?: string;
  onChange: (value: string) => void;
}

const OTHER = ' other';

/** A model that is at hand, or any directory under the model root or hub id. */
export function ModelChoiceInput({ label, description, choices, hub, value, error, onChange }: ModelChoiceInputProps) {
  const [isOther, setIsOther] = useState(!choices.some((choice) => choice.value === value));
  const choose = (choice: string) => {
    setIsOther(choice === OTHER);
    onChange(choice === OTHER ? '' : choice);
  };
  return (
    <Stack gap="sm">
      <Radio.Group
        label={label}
        description={description}
        value={isOther ? OTHER : value}
        onChange={choose}
        error={isOther ? undefined : error}
      >
        <Stack gap="xs" mt="xs">
          {choices.map((choice) => (
            <Radio key={choice.value} value={choice.value} label={choice.label} description={choice.description} />
          ))}
          <Radio
            value={OTHER}
            label="Another model"
            description={`A directory under the model root${hub ? ', or a Hugging Face id' : ''}. Weights must be safetensors; no code of the model is run.`}
          />
        </Stack>
      </Radio.Group>
      {isOther && (
        <TextInput
          label={hub ? 'Directory or hub id' : 'Directory'}
          value={value}
          onChange={(event) => onChange(event.currentTarget.value)}
          error={error}
          required
        />
      )}
    </Stack>
  );
}
