import { describe, expect, it } from 'vitest';
import { placeOf, roundScale } from './plot-scale';

describe('roundScale', () => {
  it('spans the values with round marks', () => {
    expect(roundScale([0.12, 0.86])).toEqual({ low: 0, high: 1, marks: [0, 0.2, 0.4, 0.6, 0.8, 1] });
    expect(roundScale([-3, 41])).toEqual({ low: -20, high: 60, marks: [-20, 0, 20, 40, 60] });
  });

  it('gives equal values and no values room', () => {
    expect(roundScale([2, 2])).toMatchObject({ low: 1, high: 3 });
    expect(roundScale([0])).toMatchObject({ low: -0.5, high: 0.5 });
    expect(roundScale([])).toMatchObject({ low: 0, high: 1 });
  });

  it('leaves out what is not a number', () => {
    expect(roundScale([1, Number.NaN, 2])).toMatchObject({ low: 1, high: 2 });
  });
});

it('places values in proportion, upwards or downwards', () => {
  const scale = roundScale([0, 1]);
  expect(placeOf(0.25, scale, 100, 0)).toBe(75);
  expect(placeOf(0.25, scale, 0, 100)).toBe(25);
});
