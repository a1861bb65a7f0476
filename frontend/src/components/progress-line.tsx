import { Group, Progress, Stack, Text } from '@mantine/core';
import { durationText } from '../lib/duration-text';

interface ProgressLineProps {
  /** What is under way, for example "Training the reward model". */
  label: string;
  step: number;
  of: number;
  etaSeconds?: number | null;
}

/** Measured progress of a job: label, bar, steps and the time that is left. */
export function ProgressLine({ label, step, of, etaSeconds }: ProgressLineProps) {
  const percent = of > 0 ? Math.min(100, (100 * step) / of) : 0;
  return (
    <Stack gap={4}>
      <Group justify="space-between" gap="xs">
        <Text size="sm">{label}</Text>
        <Text size="sm" c="dimmed" className="tabular">
          {step.toLocaleString('en')} of {of.toLocaleString('en')}
          {etaSeconds !== null && etaSeconds !== undefined && ` · about ${durationText(etaSeconds)} left`}
        </Text>
      </Group>
      <Progress.Root size="sm">
        <Progress.Section value={percent} aria-label={label} />
      </Progress.Root>
    </Stack>
  );
}
