import { describe, expect, it } from 'vitest';
import { commandFor, type KeyPress } from './key-commands';
import type { QuestionForm } from './label-state';

const FORM: QuestionForm = { strengths: 3, tie: true, both_bad: true, skip: true };
const BARE: QuestionForm = { strengths: 1, tie: false, both_bad: false, skip: false };

function press(key: string, more: Partial<KeyPress> = {}): KeyPress {
  const code = /^\d$/.test(key) ? `Digit${key}` : `Key${key.toUpperCase()}`;
  return { key, code, shiftKey: false, ctrlKey: false, metaKey: false, altKey: false, repeat: false, ...more };
}

describe('verdict keys', () => {
  it.each([
    ['1', { kind: 'prefer', side: 'left', strength: 3 }],
    ['2', { kind: 'prefer', side: 'left', strength: 2 }],
    ['3', { kind: 'prefer', side: 'left', strength: 1 }],
    ['4', { kind: 'tie' }],
    ['5', { kind: 'prefer', side: 'right', strength: 1 }],
    ['6', { kind: 'prefer', side: 'right', strength: 2 }],
    ['7', { kind: 'prefer', side: 'right', strength: 3 }],
    ['0', { kind: 'both_bad' }],
    ['ArrowLeft', { kind: 'prefer', side: 'left', strength: 2 }],
    ['ArrowRight', { kind: 'prefer', side: 'right', strength: 2 }],
    ['ArrowDown', { kind: 'tie' }],
    ['s', { kind: 'skip', reason: '' }],
  ])('%s answers with the full form', (key, answer) => {
    expect(commandFor(press(key), FORM)).toEqual({ name: 'answer', answer });
  });

  it('keeps better on 2 and 6 when the form has two steps, or one', () => {
    for (const strengths of [2, 1] as const) {
      const form = { ...FORM, strengths };
      expect(commandFor(press('2'), form)).toMatchObject({ answer: { side: 'left', strength: 1 } });
      expect(commandFor(press('6'), form)).toMatchObject({ answer: { side: 'right', strength: 1 } });
      expect(commandFor(press('ArrowLeft'), form)).toMatchObject({ answer: { side: 'left', strength: 1 } });
      expect(commandFor(press('3'), form)).toBeNull();
    }
    expect(commandFor(press('1'), { ...FORM, strengths: 2 })).toMatchObject({ answer: { strength: 2 } });
  });

  it.each(['4', '0', 's', 'ArrowDown', '1', '7'])('%s means nothing where the form does not offer it', (key) => {
    expect(commandFor(press(key), BARE)).toBeNull();
  });

  it('knows digits by their place where a layout gives them only with shift', () => {
    expect(commandFor(press('&', { code: 'Digit1' }), FORM)).toMatchObject({ answer: { side: 'left', strength: 3 } });
    expect(commandFor(press('7', { code: 'Numpad7' }), FORM)).toMatchObject({ answer: { side: 'right' } });
  });
});

describe('other keys', () => {
  it.each([
    ['z', 'undo'],
    ['Backspace', 'undo'],
    ['g', 'guidelines'],
    ['d', 'difference'],
    ['m', 'markdown'],
    ['l', 'layout'],
    ['?', 'keys'],
  ])('%s is %s', (key, name) => {
    expect(commandFor(press(key), BARE)).toEqual({ name });
  });

  it('asks for a reason with shift and S', () => {
    expect(commandFor(press('S', { shiftKey: true }), FORM)).toEqual({ name: 'skip-with-reason' });
  });

  it.each(['ctrlKey', 'metaKey', 'altKey', 'repeat'] as const)('leaves a press with %s to the browser', (held) => {
    expect(commandFor(press('z', { [held]: true }), FORM)).toBeNull();
    expect(commandFor(press('2', { [held]: true }), FORM)).toBeNull();
  });

  it('leaves keys without a meaning to the browser', () => {
    for (const key of ['a', '8', '9', 'Tab', 'Enter', ' ', 'ArrowUp', 'PageDown', 'Escape']) {
      expect(commandFor(press(key, { code: key }), FORM)).toBeNull();
    }
  });
});
