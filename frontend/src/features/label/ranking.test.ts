import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  moved,
  type Places,
  placed,
  placesOf,
  rankingText,
  ranksOf,
  rankVerdict,
  takenBack,
  unplaced,
} from './ranking';

type Step = ['place' | 'tie' | 'up' | 'down', number] | ['back', 0];
const steps = fc.array(
  fc.oneof(
    fc.tuple(fc.constantFrom('place' as const, 'tie' as const, 'up' as const, 'down' as const), fc.nat(5)),
    fc.constant<['back', 0]>(['back', 0]),
  ),
  { maxLength: 40 },
);

function reached(sequence: Step[]): Places {
  return sequence.reduce<Places>((places, [name, index]) => {
    if (name === 'back') return takenBack(places);
    if (name === 'place' || name === 'tie') return placed(places, index, name === 'tie');
    return moved(places, index, name === 'up' ? -1 : 1);
  }, []);
}

describe('any sequence of placing', () => {
  it('keeps each completion once, and no empty place', () => {
    fc.assert(
      fc.property(steps, (sequence) => {
        const places = reached(sequence);
        expect(places.every((place) => place.length > 0)).toBe(true);
        const all = places.flat();
        expect(new Set(all).size).toBe(all.length);
        expect(unplaced(places, 6).length + all.length).toBe(6);
      }),
      { seed: 1, numRuns: 300 },
    );
  });

  it('gives dense ranks that lead back to the same places', () => {
    fc.assert(
      fc.property(steps, (sequence) => {
        const verdict = rankVerdict(reached(sequence), 6);
        if (verdict?.kind !== 'rank') return;
        const ranks = [...new Set(verdict.ranking)].sort((one, other) => one - other);
        expect(ranks).toEqual(ranks.map((_, index) => index + 1));
        expect(rankVerdict(placesOf(verdict.ranking), 6)).toEqual(verdict);
      }),
      { seed: 2, numRuns: 300 },
    );
  });
});

describe('placing', () => {
  it('goes from the best on, ties on demand, and can be taken back', () => {
    const places = placed(placed(placed([], 2, false), 0, false), 1, true);
    expect(places).toEqual([[2], [0, 1]]);
    expect(takenBack(places)).toEqual([[2], [0]]);
    expect(ranksOf(places, 4)).toEqual([2, 2, 1, null]);
  });

  it('leaves one that is placed already where it is', () => {
    expect(placed([[2], [0]], 2, false)).toEqual([[2], [0]]);
  });

  it('puts the only one that is left last, but never two', () => {
    expect(rankVerdict([[2], [0]], 3)).toEqual({ kind: 'rank', ranking: [2, 3, 1] });
    expect(rankVerdict([[2]], 3)).toBeNull();
    expect(rankVerdict([], 1)).toBeNull();
  });

  it('moves out of a tie onto a place of its own, and into the neighbouring one', () => {
    expect(moved([[2], [0, 1]], 1, -1)).toEqual([[2], [1], [0]]);
    expect(moved([[2], [1], [0]], 0, -1)).toEqual([[2], [1, 0]]);
    expect(moved([[2], [1]], 2, -1)).toEqual([[2], [1]]);
  });

  it('reads as better than and equal to', () => {
    expect(rankingText([2, 1, 2])).toBe('2 > 1 = 3');
  });
});
