import { expect, it } from 'vitest';
import { wilsonInterval } from './wilson';

it('agrees with worked values and stays within 0 and 1', () => {
  const { low, high } = wilsonInterval(0.5, 10);
  expect(low).toBeCloseTo(0.2366, 4);
  expect(high).toBeCloseTo(0.7634, 4);
  expect(wilsonInterval(1, 20).high).toBeCloseTo(1, 9);
  expect(wilsonInterval(0, 20).low).toBeCloseTo(0, 9);
  expect(wilsonInterval(0.3, 0)).toEqual({ low: 0, high: 1 });
});
