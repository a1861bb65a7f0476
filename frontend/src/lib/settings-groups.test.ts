import { describe, expect, it } from 'vitest';
import openapi from '../../openapi.json';
import { type JsonSchema, type SettingSection, sectionsOfSchema } from './json-schema';
import { groupsOf, isRead, sectionsFound } from './settings-groups';

const SCHEMAS = openapi.components.schemas as unknown as Record<string, JsonSchema>;
const [REWARD, POLICY, MONITOR] = sectionsOfSchema({
  $defs: SCHEMAS,
  properties: {
    reward_model: { $ref: '#/components/schemas/RewardModelConfig' },
    policy: { $ref: '#/components/schemas/PolicyConfig' },
    monitor: { $ref: '#/components/schemas/MonitorConfig' },
  },
}) as [SettingSection, SettingSection, SettingSection];

describe('groupsOf', () => {
  it.each([
    ['the reward model', REWARD],
    ['policy tuning', POLICY],
    ['the monitor', MONITOR],
  ])('puts every setting of %s under a heading, once', (_, section) => {
    const groups = groupsOf(section);
    expect(groups.map(({ title }) => title)).not.toContain('Other');
    const placed = groups.flatMap(({ fields }) => fields.map(({ path }) => path));
    expect(placed.toSorted()).toEqual(section.fields.map(({ path }) => path).toSorted());
  });

  it('keeps a field that no heading knows, at the end', () => {
    const [field] = REWARD.fields;
    if (!field) throw new Error('no field');
    const groups = groupsOf({ ...REWARD, fields: [{ ...field, path: 'reward_model.brand_new' }, ...REWARD.fields] });
    expect(groups.at(-1)).toMatchObject({ title: 'Other', fields: [{ path: 'reward_model.brand_new' }] });
  });

  it('leaves a section without headings in one piece', () => {
    expect(groupsOf({ ...REWARD, key: 'sampling' })).toEqual([{ title: '', fields: REWARD.fields }]);
  });
});

describe('isRead', () => {
  const read = (method: string) =>
    POLICY.fields.filter((field) => isRead(field, { policy: { method } })).map(({ path }) => path);

  it('keeps what every method reads and what the chosen one reads', () => {
    expect(read('dpo')).toEqual(expect.arrayContaining(['policy.method', 'policy.steps', 'policy.dpo_beta']));
    expect(read('dpo')).not.toContain('policy.kl_coef');
    expect(read('ppo')).toContain('policy.gae_lambda');
    expect(read('rloo')).not.toContain('policy.gae_lambda');
  });

  it('reads everything of a section that names no method', () => {
    expect(MONITOR.fields.every((field) => isRead(field, { monitor: {} }))).toBe(true);
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
