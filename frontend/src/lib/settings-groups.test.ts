import { describe, expect, it } from 'vitest';
import openapi from '../../openapi.json';
import { type JsonSchema, type SettingSection, sectionsOfSchema } from './json-schema';
import { groupsOf, sectionsFound } from './settings-groups';

const SCHEMAS = openapi.components.schemas as unknown as Record<string, JsonSchema>;
const [REWARD] = sectionsOfSchema({
  $defs: SCHEMAS,
  properties: { reward_model: { $ref: '#/components/schemas/RewardModelConfig' } },
}) as [SettingSection];

describe('groupsOf', () => {
  it('puts every setting of the reward model under a heading, once', () => {
    const groups = groupsOf(REWARD);
    expect(groups.map(({ title }) => title)).not.toContain('Other');
    const placed = groups.flatMap(({ fields }) => fields.map(({ path }) => path));
    expect(placed.toSorted()).toEqual(REWARD.fields.map(({ path }) => path).toSorted());
  });

  it('keeps a field that no heading knows, at the end', () => {
    const [field] = REWARD.fields;
    if (!field) throw new Error('no field');
    const groups = groupsOf({ ...REWARD, fields: [{ ...field, path: 'reward_model.brand_new' }, ...REWARD.fields] });
    expect(groups.at(-1)).toMatchObject({ title: 'Other', fields: [{ path: 'reward_model.brand_new' }] });
  });

  it('leaves a section without headings in one piece', () => {
    expect(groupsOf({ ...REWARD, key: 'policy' })).toEqual([{ title: '', fields: REWARD.fields }]);
  });
});

describe('sectionsFound', () => {
  it('finds settings by name, meaning or key, all words together', () => {
    const found = (sought: string) =>
      sectionsFound([REWARD], sought).flatMap(({ fields }) => fields.map(({ path }) => path));
    expect(found('how far labels follow')).toEqual(['reward_model.smoothing_rate']);
    expect(found('DAVIDSON')).toContain('reward_model.ties');
    expect(found('self_label_loops')).toEqual(['reward_model.self_label_loops']);
    expect(found('no such thing')).toEqual([]);
    expect(found('')).toHaveLength(REWARD.fields.length);
  });
});
