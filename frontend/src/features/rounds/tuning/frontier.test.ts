import { describe, expect, it } from 'vitest';
import { CHECKPOINTS, PREFLIGHT } from '../../../testing/tuning-examples';
import { fewestEffective, frontierPanels, preflightPanels } from './frontier';
import { looksOf } from './looks';

const LOOKS = looksOf(CHECKPOINTS, []);
const names = (panels: ReturnType<typeof frontierPanels>) => panels.map(({ series }) => series.map(({ name }) => name));

describe('preflightPanels', () => {
  it('draws what happened on the axes of what was predicted', () => {
    expect(names(preflightPanels(PREFLIGHT, LOOKS))).toEqual([
      ['claimed in advance', 'measured reward'],
      ['predicted'],
      ['win rate by people'],
    ]);
  });

  it('greys points that rest on too few effective samples', () => {
    const [reward] = preflightPanels(PREFLIGHT, []);
    expect(reward?.series[0]?.points.map(({ isFaint }) => isFaint)).toEqual([false, false, true]);
    expect([fewestEffective(16), fewestEffective(100)]).toEqual([4, 10]);
  });

  it('leaves the prediction out where verdicts are too few for one', () => {
    const points = PREFLIGHT.points.map((point) => ({ ...point, predicted: null }));
    expect(names(preflightPanels({ ...PREFLIGHT, points }, LOOKS)).flat()).not.toContain('predicted');
  });
});

describe('frontierPanels', () => {
  it('places checkpoints by √KL, the claim and people’s verdicts in one unit', () => {
    const [, wins] = frontierPanels(LOOKS, null);
    expect(wins?.as).toBe('percent');
    expect(wins?.series[1]?.points.map(({ x, y }) => [x, y])).toEqual([
      [2, 0.7],
      [Math.sqrt(8), 0.55],
    ]);
  });

  it('draws the fitted curve as a guide', () => {
    const at = { value: 2, low: 1, high: 3, n: 2 };
    const curve = {
      form: 'reinforcement' as const,
      alpha: at,
      beta: at,
      peak_sqrt_kl: 2,
      points: [[0, 0.5] as [number, number], [2, 0.7] as [number, number]],
    };
    const [, wins] = frontierPanels(LOOKS, { best: 0, best_sqrt_kl: at, best_value: at, curve });
    expect(wins?.series.at(-1)).toMatchObject({
      drawn: 'guide',
      points: [
        { x: 0, y: 0.5 },
        { x: 2, y: 0.7 },
      ],
    });
  });
});
