import { expect, it } from 'vitest';
import { metricsOf, metricText, modelName } from './model-words';

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

it('writes counts whole, shares as percentages and the rest with its unit', () => {
  const texts = metricsOf({ preferences: 60, accuracy: 0.7, kl: 60, log_loss: 0.5 }).map(metricText);
  expect(texts).toEqual(['60', '70 %', '60.0 nats', '0.500']);
});

it('names versions by kind and number', () => {
  expect(modelName('reward_model', 2)).toBe('Reward model 2');
});
