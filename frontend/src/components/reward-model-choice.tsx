import { NativeSelect } from '@mantine/core';
import { modelName } from '../lib/model-words';

interface RewardModelChoiceProps {
  others: readonly { id: number; number: number }[];
  chosen: number | null;
  onChoose: (modelId: number | null) => void;
}

/** Another reward model of the project to compare with, or none. */
export function RewardModelChoice({ others, chosen, onChoose }: RewardModelChoiceProps) {
  return (
    <NativeSelect
      size="xs"
      aria-label="Compare with"
      data={[
        { value: '', label: 'Compare with…' },
        ...others.map(({ id, number }) => ({ value: String(id), label: modelName('reward_model', number) })),
      ]}
      value={chosen === null ? '' : String(chosen)}
      onChange={({ currentTarget: { value } }) => onChoose(value === '' ? null : Number(value))}
    />
  );
}
