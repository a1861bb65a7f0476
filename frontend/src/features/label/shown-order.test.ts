import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { emptyDetails, withAspect, withCompletion } from './details';
import type { Verdict } from './label-state';
import { moveBetween, movedAnswer, movedDetails, movedDraft } from './shown-order';

const texts = fc.array(fc.constantFrom('a', 'b', 'c', ''), { minLength: 2, maxLength: 6 });

describe('how completions moved', () => {
  it('leads each text to an equal one, and equal ones stay', () => {
    fc.assert(
      fc.property(
        texts.chain((before) =>
          fc.tuple(fc.constant(before), fc.shuffledSubarray(before, { minLength: before.length })),
        ),
        ([before, after]) => {
          const move = moveBetween(before, after);
          expect(move).not.toBeNull();
          expect(new Set(move).size).toBe(before.length);
          before.forEach((text, index) => {
            expect(after[move?.[index] ?? -1]).toBe(text);
            if (after[index] === text) expect(move?.[index]).toBe(index);
          });
        },
      ),
      { seed: 4 },
    );
  });

  it('is unknown for other texts', () => {
    expect(moveBetween(['a', 'b'], ['a', 'c'])).toBeNull();
    expect(moveBetween(['a', 'b'], ['a', 'b', 'c'])).toBeNull();
  });
});

describe('an answer in the new order', () => {
  it('prefers the same text', () => {
    expect(movedAnswer({ kind: 'prefer', side: 'left', strength: 3 }, [1, 0])).toEqual({
      kind: 'prefer',
      side: 'right',
      strength: 3,
    });
    expect(movedAnswer({ kind: 'rank', ranking: [1, 2, 3] }, [2, 0, 1])).toEqual({ kind: 'rank', ranking: [2, 3, 1] });
    expect(movedAnswer({ kind: 'tie' }, [1, 0])).toEqual({ kind: 'tie' });
  });

  it('says the same of each text', () => {
    const given = withAspect(withCompletion(emptyDetails(2), 0, { rating: 4, flags: ['harm'] }), 'kind', {
      kind: 'prefer',
      side: 'left',
      strength: 1,
    });
    const turned = movedDetails(given, [1, 0]);
    expect(turned.completions[1]).toMatchObject({ rating: 4, flags: ['harm'] });
    expect(turned.completions[0]).toMatchObject({ rating: null, flags: [] });
    expect(turned.aspects.kind).toEqual({ kind: 'prefer', side: 'right', strength: 1 });
    expect(movedDetails(turned, [1, 0])).toEqual(given);
  });

  it('keeps a ranking under way', () => {
    const draft = { verdict: null as Verdict | null, details: emptyDetails(3), places: [[0], [2]] };
    expect(movedDraft(draft, [2, 0, 1]).places).toEqual([[2], [1]]);
  });
});
