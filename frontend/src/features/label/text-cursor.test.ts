import { describe, expect, it } from 'vitest';
import { FIRST_CURSOR, movedCursor, rangeAt, spanAt, type TextCursor } from './text-cursor';

const TEXT = 'One two. Three 🏳 four.\nFive.';

function reached(...keys: [string, boolean?][]): string {
  const cursor = keys.reduce<TextCursor>(
    (now, [key, extend = false]) => movedCursor(TEXT, now, key, extend) ?? now,
    FIRST_CURSOR,
  );
  const range = rangeAt(TEXT, cursor);
  return range ? [...TEXT].slice(range.start, range.end).join('') : '';
}

describe('the cursor', () => {
  it('walks by words and stops at the ends', () => {
    expect(reached(['ArrowLeft'])).toBe('One');
    expect(reached(['ArrowRight'])).toBe('two');
    expect(reached(['End'], ['ArrowRight'])).toBe('.');
  });

  it('extends with shift and shrinks again', () => {
    expect(reached(['ArrowRight', true], ['ArrowRight', true])).toBe('One two.');
    expect(reached(['ArrowRight', true], ['ArrowLeft', true])).toBe('One');
  });

  it('walks by sentences', () => {
    expect(reached(['ArrowDown'])).toBe('Three');
    expect(reached(['ArrowDown'], ['ArrowDown'])).toBe('Five');
    expect(reached(['ArrowDown'], ['ArrowUp'])).toBe('One');
  });

  it('leaves other keys alone', () => {
    expect(movedCursor(TEXT, FIRST_CURSOR, 'a', false)).toBeNull();
  });

  it('finds nothing in a text without words', () => {
    expect(rangeAt(' \n ', FIRST_CURSOR)).toBeNull();
  });

  it('finds the mark it touches', () => {
    const mark = { start: 4, end: 7, sign: 'good' as const, reason: '' };
    expect(spanAt([mark], { start: 6, end: 9 })).toBe(mark);
    expect(spanAt([mark], { start: 7, end: 9 })).toBeNull();
  });
});
