import { Radio, Stack } from '@mantine/core';
import type { ExpectedVerdict } from '../lib/api-types';

/** `a` and `b` name the better completion; the other words are kinds of verdicts. */
export type ExpectedChoice = 'a' | 'b' | 'tie' | 'both_bad';

interface ExpectedFieldProps {
  value: ExpectedChoice | null;
  error?: string;
  onChange: (value: ExpectedChoice) => void;
}

const CHOICES: readonly { value: ExpectedChoice; label: string }[] = [
  { value: 'a', label: 'A is better' },
  { value: 'b', label: 'B is better' },
  { value: 'tie', label: 'Equally good' },
  { value: 'both_bad', label: 'Both bad' },
];

/** The verdict that a known pair deserves. A labeler is right in the same direction, whatever the strength. */
export function ExpectedField({ value, error, onChange }: ExpectedFieldProps) {
  const choose = (text: string) => {
    const choice = CHOICES.find((candidate) => candidate.value === text);
    if (choice) onChange(choice.value);
  };
  return (
    <Radio.Group label="The right verdict" value={value ?? ''} onChange={choose} error={error}>
      <Stack gap="xs" mt="xs">
        {CHOICES.map(({ value: choice, label }) => (
          <Radio key={choice} value={choice} label={label} />
        ))}
      </Stack>
    </Radio.Group>
  );
}

export function expectedBody(choice: ExpectedChoice): ExpectedVerdict {
  return choice === 'a' || choice === 'b'
    ? { kind: 'prefer', winner: choice, strength: null }
    : { kind: choice, winner: null, strength: null };
}
