import { Group, NativeSelect, Radio, Stack, Switch } from '@mantine/core';
import { useState } from 'react';
import { scalePoints } from '../../lib/scale-words';

interface Scale {
  strengths: 1 | 2 | 3 | 4;
  tie: boolean;
}

interface FormScaleFieldProps {
  value: Scale;
  error?: string;
  onChange: (value: Scale) => void;
}

const PRESETS: readonly (Scale & { key: string; label: string; description: string })[] = [
  { key: '2', strengths: 1, tie: false, label: '2 points', description: 'Left or right.' },
  { key: '4', strengths: 2, tie: false, label: '4 points', description: 'Slightly or much better, no midpoint.' },
  { key: '7', strengths: 3, tie: true, label: '7 points', description: 'Three steps on each side and a midpoint.' },
  { key: '8', strengths: 4, tie: false, label: '8 points', description: 'Four steps on each side, no midpoint.' },
];

/** The scale of the overall verdict: one that is common, or steps and midpoint of one’s own. */
export function FormScaleField({ value, error, onChange }: FormScaleFieldProps) {
  const preset = PRESETS.find(({ strengths, tie }) => strengths === value.strengths && tie === value.tie);
  const [isOwn, setIsOwn] = useState(preset === undefined);
  const choose = (key: string) => {
    const chosen = PRESETS.find((candidate) => candidate.key === key);
    setIsOwn(!chosen);
    if (chosen) onChange({ strengths: chosen.strengths, tie: chosen.tie });
  };
  return (
    <Stack gap="sm">
      <Radio.Group label="Scale" value={isOwn || !preset ? 'own' : preset.key} onChange={choose} error={error}>
        <Stack gap="xs" mt="xs">
          {PRESETS.map(({ key, label, description }) => (
            <Radio key={key} value={key} label={label} description={description} />
          ))}
          <Radio value="own" label="Own" description={`Now ${scalePoints(value)} points.`} />
        </Stack>
      </Radio.Group>
      {(isOwn || !preset) && (
        <Group gap="md" align="flex-end">
          <StrengthsSelect
            label="Steps on each side"
            value={value.strengths}
            onChange={(strengths) => onChange({ ...value, strengths })}
          />
          <Switch
            label="Midpoint “equally good”"
            checked={value.tie}
            onChange={(event) => onChange({ ...value, tie: event.currentTarget.checked })}
            mb={8}
          />
        </Group>
      )}
    </Stack>
  );
}

interface StrengthsSelectProps {
  label: string;
  value: Scale['strengths'];
  onChange: (strengths: Scale['strengths']) => void;
}

const STRENGTHS = [1, 2, 3, 4] as const;

export function StrengthsSelect({ label, value, onChange }: StrengthsSelectProps) {
  return (
    <NativeSelect
      label={label}
      data={STRENGTHS.map(String)}
      value={String(value)}
      onChange={(event) => {
        const text = event.currentTarget.value;
        onChange(STRENGTHS.find((strengths) => String(strengths) === text) ?? 1);
      }}
      w={130}
    />
  );
}
