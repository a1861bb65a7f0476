import { expect, it } from 'vitest';
import { verdictWords } from './verdict-words';

const NONE = { winner: null, strength: null };

it('says verdicts in words', () => {
  expect([
    verdictWords({ kind: 'prefer', winner: 'a', strength: 3 }),
    verdictWords({ kind: 'prefer', winner: 'b', strength: 1 }),
    verdictWords({ kind: 'prefer', winner: 'b', strength: 4 }),
    verdictWords({ kind: 'tie', ...NONE }),
    verdictWords({ kind: 'both_bad', ...NONE }),
  ]).toEqual(['A much better', 'B slightly better', 'B far better', 'equally good', 'both bad']);
});

it('writes a ranking as an order with its ties', () => {
  expect(verdictWords({ kind: 'rank', ...NONE, ranking: [2, 1, 3, 2] })).toBe('B > A = D > C');
});
