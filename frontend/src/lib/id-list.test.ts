import { expect, it } from 'vitest';
import { idsOf, idsSearch } from './id-list';

it('reads ids from an address, each once, and leaves out what is none', () => {
  expect(idsOf('3,1,3,x,-2,0')).toEqual([3, 1]);
  expect(idsOf(12)).toEqual([12]);
  expect(idsOf(undefined)).toEqual([]);
});

it('writes what it reads', () => {
  for (const ids of [[], [4], [4, 9]]) expect(idsOf(idsSearch(ids))).toEqual(ids);
});
