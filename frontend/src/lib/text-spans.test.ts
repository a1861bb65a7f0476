import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { codePointOffset, piecesOf, segmentsOf, trimmedRange, utf16Offset } from './text-spans';

const text = fc.string({
  unit: fc.constantFrom('a', 'é', ' ', '\n', '.', '👩‍👩‍👧', '🏳', 'ש', '字', 'e\u0301'),
  maxLength: 40,
});
const points = (words: string) => [...words].length;

describe('offsets', () => {
  it('count an emoji once and come back', () => {
    expect(codePointOffset('a🏳b', 3)).toBe(2);
    expect(utf16Offset('a🏳b', 2)).toBe(3);
    fc.assert(
      fc.property(text, fc.nat(60), (words, at) => {
        const offset = Math.min(at, points(words));
        expect(codePointOffset(words, utf16Offset(words, offset))).toBe(offset);
      }),
      { seed: 1 },
    );
  });
});

describe('segments', () => {
  it('are words without the space around them', () => {
    const cut = (words: string) =>
      segmentsOf(words, 'word').map(({ start, end }) => [...words].slice(start, end).join(''));
    expect(cut('The 🏳 flag, hm.')).toEqual(['The', '🏳', 'flag', ',', 'hm', '.']);
  });

  it('lie apart, in order and inside the text', () => {
    fc.assert(
      fc.property(text, fc.constantFrom('word' as const, 'sentence' as const), (words, kind) => {
        let last = 0;
        for (const { start, end } of segmentsOf(words, kind)) {
          expect(start).toBeGreaterThanOrEqual(last);
          expect(end).toBeGreaterThan(start);
          last = end;
        }
        expect(last).toBeLessThanOrEqual(points(words));
      }),
      { seed: 2 },
    );
  });
});

describe('a trimmed range', () => {
  it('neither begins nor ends with space, and is null when nothing else is in it', () => {
    expect(trimmedRange(' ab ', { start: 0, end: 4 })).toEqual({ start: 1, end: 3 });
    expect(trimmedRange('a   b', { start: 1, end: 4 })).toBeNull();
    expect(trimmedRange('ab', { start: -3, end: 99 })).toEqual({ start: 0, end: 2 });
  });
});

describe('pieces', () => {
  const ranges = fc.array(
    fc.tuple(fc.nat(45), fc.integer({ min: 1, max: 9 })).map(([start, length]) => ({ start, end: start + length })),
    { maxLength: 5 },
  );

  it('are the text, and each lies in the ranges it names wholly', () => {
    fc.assert(
      fc.property(text, ranges, (words, marks) => {
        const pieces = piecesOf(words, marks);
        expect(pieces.map((piece) => piece.text).join('')).toBe(words);
        let at = 0;
        for (const { text: part, layers } of pieces) {
          const inside = marks.filter(({ start, end }) => start <= at && at < end);
          if (part) expect(layers).toEqual(inside);
          at += points(part);
        }
      }),
      { seed: 3 },
    );
  });
});
