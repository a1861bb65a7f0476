import { expect, it } from 'vitest';
import { strategyWords } from './data-words';
import { filtersFromSearch } from './preference-filters';

it('shows a strategy it does not know by its own name', () => {
  expect(strategyWords('thompson_sampling')).toBe('thompson sampling');
});

it('takes only filters that make sense from the address', () => {
  expect(filtersFromSearch({ kind: 'tie', annotator: 'ann', page: 2 })).toEqual({ kind: 'tie', annotator: 'ann' });
  expect(filtersFromSearch({ kind: 'drop table', annotator: 7, superseded: 'yes' })).toEqual({ annotator: '7' });
});
