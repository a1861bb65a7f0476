import { describe, expect, it } from 'vitest';
import openapi from '../../openapi.json';
import { PRESETS } from '../testing/tuning-examples';
import { type JsonSchema, type SettingSection, sectionsOfSchema } from './json-schema';
import { presetOf, withPreset } from './policy-presets';

const [POLICY] = sectionsOfSchema({
  $defs: openapi.components.schemas as unknown as Record<string, JsonSchema>,
  properties: { policy: { $ref: '#/components/schemas/PolicyConfig' } },
}) as [SettingSection];
const [RLOO, SHIPPED, PPO] = PRESETS as [(typeof PRESETS)[0], (typeof PRESETS)[0], (typeof PRESETS)[0]];
const DEFAULTS = {
  policy: Object.fromEntries(POLICY.fields.map(({ path, standard }) => [path.replace('policy.', ''), standard])),
};

describe('withPreset', () => {
  it('fills in the preset’s values and leaves alone what every method reads', () => {
    const filled = withPreset({ policy: { ...DEFAULTS.policy, steps: 7 } }, POLICY, SHIPPED);
    expect(filled.policy).toMatchObject({ method: 'ppo', kl_coef: 0.01, reward_scaling: 'scale', steps: 7 });
  });

  it('leaves nothing of another preset behind', () => {
    const shipped = withPreset(DEFAULTS, POLICY, SHIPPED);
    expect(withPreset(shipped, POLICY, PPO).policy).toMatchObject({ kl_coef: null, reward_scaling: 'none' });
  });
});

describe('presetOf', () => {
  it('knows a preset by its values, whatever the steps are', () => {
    const filled = withPreset({ policy: { ...DEFAULTS.policy, steps: 7 } }, POLICY, SHIPPED);
    expect(presetOf(filled, POLICY, PRESETS)?.key).toBe('ppo_max_script');
    expect(presetOf(DEFAULTS, POLICY, PRESETS)?.key).toBe(RLOO.key);
  });

  it('knows none where a value was changed by hand', () => {
    const filled = withPreset(DEFAULTS, POLICY, SHIPPED);
    expect(presetOf({ policy: { ...filled.policy, clip_range: 0.3 } }, POLICY, PRESETS)).toBeUndefined();
  });
});
