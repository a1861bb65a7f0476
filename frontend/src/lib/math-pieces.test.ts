import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { mathPieces } from './math-pieces';

const formulas = (text: string) => mathPieces(text).flatMap(({ tex }) => (tex === null ? [] : [tex]));

describe('formulas in prose', () => {
  it('are found in all four spellings', () => {
    expect(formulas('so $a_1$, \\(b\\) and\n$$c + d$$ or \\[e\\]')).toEqual(['a_1', 'b', 'c + d', 'e']);
    expect(mathPieces('$$c$$')[0]).toMatchObject({ display: true });
    expect(mathPieces('$c$')[0]).toMatchObject({ display: false });
  });

  it('are not prices, nor lonely signs', () => {
    expect(formulas('It costs $5 and $10.')).toEqual([]);
    expect(formulas('between $5-$10')).toEqual([]);
    expect(formulas('$ 5 $')).toEqual([]);
    expect(formulas('a $ b')).toEqual([]);
    expect(formulas('$HOME and $PATH')).toEqual([]);
  });

  it('may hold an escaped sign', () => {
    expect(formulas('$5\\$ + x$')).toEqual(['5\\$ + x']);
  });

  it('lose nothing of the text, and do not take long', () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom('$', '\\', '(', ')', '[', ']', 'a', ' ', '\n', '1') }), (text) => {
        expect(
          mathPieces(text)
            .map(({ source }) => source)
            .join(''),
        ).toBe(text);
      }),
      { seed: 5 },
    );
    const started = performance.now();
    for (const part of ['$', '\\(', '\\[', '$a', '$\\']) mathPieces(part.repeat(10_000));
    expect(performance.now() - started).toBeLessThan(2_000);
  });
});
