import { Anchor, Select, Stack, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { policyPresetsQuery } from '../../api/project-queries';
import { QueryView } from '../../components/query-view';
import type { PolicyPreset } from '../../lib/api-types';
import type { SettingSection, SettingsDocument } from '../../lib/json-schema';
import { PRESET_SECTION, presetOf, withPreset } from '../../lib/policy-presets';
import { valueText } from '../../lib/setting-words';
import { settingChanges } from '../../lib/settings-document';

interface PolicyPresetChoiceProps {
  sections: readonly SettingSection[];
  value: SettingsDocument;
  /** The settings before editing. */
  saved: SettingsDocument;
  onChange: (settings: SettingsDocument) => void;
}

/** Fills the settings of policy tuning in from the shelf of methods, and says what that changed. */
export function PolicyPresetChoice({ sections, ...rest }: PolicyPresetChoiceProps) {
  const query = useQuery(policyPresetsQuery());
  const section = sections.find(({ key }) => key === PRESET_SECTION);
  if (!section) return null;
  return (
    <QueryView query={query} what="presets" rows={1}>
      {(presets) => <Choice presets={presets} section={section} {...rest} />}
    </QueryView>
  );
}

interface ChoiceProps extends Omit<PolicyPresetChoiceProps, 'sections'> {
  presets: readonly PolicyPreset[];
  section: SettingSection;
}

function Choice({ presets, section, value, saved, onChange }: ChoiceProps) {
  const current = presetOf(value, section, presets);
  const choose = (key: string | null) => {
    const preset = presets.find((candidate) => candidate.key === key);
    if (preset) onChange(withPreset(value, section, preset));
  };
  return (
    <Stack gap={6}>
      <Select
        label="Start from a preset"
        description="Sets the method and everything that only some methods read. Steps, learning rate and lengths stay."
        placeholder="own settings"
        maw="24rem"
        data={presets.map(({ key, name }) => ({ value: key, label: name }))}
        value={current?.key ?? null}
        onChange={choose}
        allowDeselect={false}
      />
      {current && (
        <Text size="sm" maw="75ch">
          {current.summary}{' '}
          <Anchor
            href={`https://arxiv.org/abs/${current.source}`}
            target="_blank"
            rel="noreferrer"
            size="sm"
            underline="always"
          >
            arXiv:{current.source}
          </Anchor>
        </Text>
      )}
      <Changes section={section} saved={saved} value={value} />
    </Stack>
  );
}

function Changes({ section, saved, value }: Pick<ChoiceProps, 'section' | 'saved' | 'value'>) {
  const changes = settingChanges([section], saved, value);
  return (
    <Text size="sm" c="dimmed" role="status" maw="75ch">
      {changes.length > 0 &&
        `Changed and not saved: ${changes
          .map(({ label, before, after, ...field }) => {
            const name = label.replace(`${section.title}: `, '');
            return `${name} ${valueText(field, before)} → ${valueText(field, after)}`;
          })
          .join('; ')}.`}
    </Text>
  );
}
