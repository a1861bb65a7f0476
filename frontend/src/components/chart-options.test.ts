import type uPlot from 'uplot';
import { expect, it } from 'vitest';
import { shareRange } from './chart-options';

const range = (low: number | null, high: number | null) => shareRange({} as uPlot, low, high);

it('shows shares with some room, and never beyond none and all', () => {
  expect(range(0.4, 0.6)).toEqual([expect.closeTo(0.38), expect.closeTo(0.62)]);
  expect(range(0, 0.05)).toEqual([0, expect.closeTo(0.055)]);
  expect(range(0.95, 1)).toEqual([expect.closeTo(0.945), 1]);
});

it('shows a level line of shares against all that is possible', () => {
  expect(range(1, 1)).toEqual([0, 1]);
  expect(range(0, 0)).toEqual([0, 1]);
  expect(range(null, null)).toEqual([0, 1]);
});
