import { Radio, Stack, TextInput } from '@mantine/core';
import type { ProjectDefaults } from '../../lib/api-types';

interface BasePolicyInputProps {
  policies: ProjectDefaults['models']['policies'];
  value: string;
  error?: string;
  onChange: (value: string) => void;
}

const OTHER = 'other';

/** The model that writes the first completions: one that is at hand, or any directory or hub id. */
export function BasePolicyInput({ policies, value, error, onChange }: BasePolicyInputProps) {
  const isListed = policies.some((policy) => policy.value === value);
  return (
    <Stack gap="sm">
      <Radio.Group
        label="Base policy"
        description="It writes the first completions and stays the reference policy of the KL term."
        value={isListed ? value : OTHER}
        onChange={(choice) => onChange(choice === OTHER ? '' : choice)}
        error={isListed ? error : undefined}
      >
        <Stack gap="xs" mt="xs">
          {policies.map((policy) => (
            <Radio key={policy.value} value={policy.value} label={policy.label} description={policy.description} />
          ))}
          <Radio
            value={OTHER}
            label="Another model"
            description="A directory under the model root, or a Hugging Face id. Weights must be safetensors; no code of the model is run."
          />
        </Stack>
      </Radio.Group>
      {!isListed && (
        <TextInput
          label="Directory or hub id"
          placeholder="my-models/instruct, or owner/name"
          value={value}
          onChange={(event) => onChange(event.currentTarget.value)}
          error={error}
          required
        />
      )}
    </Stack>
  );
}
