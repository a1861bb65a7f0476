import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { mathPassages } from './math-passages';

const formulas = (text: string) => mathPassages(text).map(({ tex }) => tex);

describe('formulas in a text', () => {
  it('are found in all four spellings', () => {
    expect(formulas('so $a_1$, \\(b\\) and\n$$c + d$$ or \\[e\\]')).toEqual(['a_1', 'b', 'c + d', 'e']);
    expect(mathPassages('$$c$$ $c$ \\[c\\] \\(c\\)').map(({ display }) => display)).toEqual([true, false, true, false]);
  });

  it.each([
    'It costs $5 and $10.',
    'between $5-$10',
    '$ 5 $',
    'a $ b',
    '$HOME and $PATH',
    'a \\$5 and \\$6',
    'C:\\\\(x\\\\)',
    '$a\nb$',
    '$$a\n\nb$$',
    '> $$a\n> b$$',
    '$$$',
    '`$a$` and ``\\(b\\)``',
    '```\n$a$\n```\n',
    '```\n$a$ in a fence without an end',
    '~~~\n$a$\n~~~\n',
  ])('are no prices, code, or lonely signs: %j', (text) => {
    expect(formulas(text)).toEqual([]);
  });

  it('may hold escaped signs, line breaks and cells', () => {
    expect(formulas('$5\\$ + x$ and $\\{a\\}$')).toEqual(['5\\$ + x', '\\{a\\}']);
    expect(formulas('\\[a & b \\\\[2pt]\nc & d\\]')).toEqual(['a & b \\\\[2pt]\nc & d']);
  });

  it('follow code that has ended', () => {
    expect(formulas('`code` $a$ and ` alone $b$')).toEqual(['a', 'b']);
  });

  it('stand in order where their offsets say', () => {
    const unit = fc.constantFrom('$', '\\', '(', ')', '[', ']', '`', '~', 'a', ' ', '\n', '1', '😀');
    fc.assert(
      fc.property(fc.string({ unit }), (text) => {
        let last = 0;
        for (const { start, end, tex } of mathPassages(text)) {
          expect(start).toBeGreaterThanOrEqual(last);
          expect(text.slice(start, end)).toContain(tex);
          last = end;
        }
      }),
      { seed: 5, numRuns: 500 },
    );
  });

  it('are not looked for at length', () => {
    const started = performance.now();
    for (const part of ['$', '$$', '\\(', '\\[', '$a', '$\\', '\\[\\(', '`', '` `` ', '\n~~~', '$a '])
      mathPassages(part.repeat(10_000));
    expect(performance.now() - started).toBeLessThan(2_000);
  });
});
