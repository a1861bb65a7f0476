import { expect, it } from 'vitest';
import { metricsOf, modelName } from './model-words';

it('folds the ends of an interval into its metric', () => {
  expect(metricsOf({ win_rate: 0.7, win_rate_low: 0.6, win_rate_high: 0.8, win_rate_n: 40, kl: 3 })).toEqual([
    {
      name: 'win_rate',
      label: 'Win rate',
      value: 0.7,
      unit: '',
      isShare: true,
      interval: { low: 0.6, high: 0.8, n: 40 },
    },
    { name: 'kl', label: 'KL to the reference', value: 3, unit: 'nats', isShare: false, interval: null },
  ]);
});

it('names versions by kind and number', () => {
  expect(modelName('reward_model', 2)).toBe('Reward model 2');
});
