import { expect, it } from 'vitest';
import { WHOLE_REPORT } from '../../testing/report-examples';
import { orderedSlices, sliceName } from './slice-order';

const SLICES = WHOLE_REPORT.slices ?? [];
const names = (order: Parameters<typeof orderedSlices>[1]) => orderedSlices(SLICES, order).map(({ name }) => name);

it('orders parts by accuracy, size or name', () => {
  expect(names('accuracy').slice(0, 2)).toEqual(['tag: code', 'labeler: 13']);
  expect(names('n').slice(0, 2)).toEqual(['tag: chat', 'source: imported']);
  expect(names('name')).toEqual(['labeler: 12', 'labeler: 13', 'source: imported', 'tag: chat', 'tag: code']);
});

it('replaces the id of a labeler by their name and leaves tags alone', () => {
  const nameOf = (id: number) => `person ${id}`;
  expect(sliceName('labeler: 12', nameOf)).toBe('person 12');
  expect(sliceName('tag: labeler: 12', nameOf)).toBe('tag: labeler: 12');
});
