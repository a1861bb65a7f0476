import { Group, Input, NumberInput, Slider } from '@mantine/core';
import { useId } from 'react';
import { forceWords, WEIGHT_MOST, WEIGHT_STEP, weightText } from './principle-draft';

interface WeightInputProps {
  value: number | '';
  error: string | undefined;
  onChange: (weight: number | '') => void;
}

/** A principle's weight: a slider with the number beside it; below 0 its negation is in force. */
export function WeightInput({ value, error, onChange }: WeightInputProps) {
  const id = useId();
  return (
    <Input.Wrapper
      label="Weight"
      labelElement="div"
      labelProps={{ id }}
      description={`Against the general reward’s 1: ${forceWords(value)}.`}
    >
      <Group align="flex-start" wrap="nowrap" gap="lg" mt={4}>
        <Slider
          flex={1}
          miw={0}
          mb="lg"
          mt={8}
          min={-WEIGHT_MOST}
          max={WEIGHT_MOST}
          step={WEIGHT_STEP}
          value={value === '' ? 0 : value}
          onChange={onChange}
          label={weightText}
          thumbProps={{
            'aria-labelledby': id,
            'aria-valuetext': `${value === '' ? 0 : value}, ${forceWords(value)}`,
          }}
          marks={[
            { value: -WEIGHT_MOST, label: weightText(-WEIGHT_MOST) },
            { value: 0, label: '0' },
            { value: WEIGHT_MOST, label: WEIGHT_MOST },
          ]}
        />
        <NumberInput
          aria-label="Weight as a number"
          value={value}
          onChange={(next) => onChange(next === '' ? '' : Number(next))}
          error={error}
          min={-WEIGHT_MOST}
          max={WEIGHT_MOST}
          step={WEIGHT_STEP}
          decimalScale={2}
          w={96}
        />
      </Group>
    </Input.Wrapper>
  );
}
