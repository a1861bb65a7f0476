import { describe, expect, it } from 'vitest';
import { commandsOf, type Question } from './key-commands';
import { commandFor, holderOf, type KeyChoice, keyMapOf, rebound, STANDARD } from './key-map';
import { type KeyPress, strokeOf } from './key-stroke';
import { FORM } from './label-examples';
import type { QuestionForm, Strength } from './label-state';
import { NO_FORM } from './no-form';
import { verdictOfCommand } from './verdict-keys';

const RICH: QuestionForm = {
  ...FORM,
  both_good: true,
  cannot_judge: true,
  aspects: [{ key: 'helpful', label: 'Helpful', description: '', strengths: 1, tie: true, required: true }],
  flags: [{ key: 'harm', label: 'Harm', description: '' }],
  reasons: [{ key: 'clear', label: 'Clear', description: '', sign: 'good' }],
  rating: 5,
  highlights: true,
  edit: true,
};

function press(key: string, more: Partial<KeyPress> = {}): KeyPress {
  const code = /^\d$/.test(key) ? `Digit${key}` : `Key${key.toUpperCase()}`;
  return { key, code, shiftKey: false, ctrlKey: false, metaKey: false, altKey: false, repeat: false, ...more };
}

const pairOf = (form: QuestionForm): Question => ({ form, ranked: 0 });
const keysOf = (form: QuestionForm, choice = STANDARD) => keyMapOf(pairOf(form), choice);

function verdictAt(key: string, form: QuestionForm, more: Partial<KeyPress> = {}) {
  const command = commandFor(press(key, more), keysOf(form));
  return command && verdictOfCommand(command.id, form);
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
  ])('%s answers with the plain form', (key, verdict) => {
    expect(verdictAt(key, FORM)).toEqual(verdict);
  });

  it('keeps better on 2 and 6 when the form has two steps, or one', () => {
    for (const strengths of [2, 1] as const) {
      const form = { ...FORM, strengths };
      expect(verdictAt('2', form)).toMatchObject({ side: 'left', strength: 1 });
      expect(verdictAt('6', form)).toMatchObject({ side: 'right', strength: 1 });
      expect(verdictAt('ArrowLeft', form)).toMatchObject({ side: 'left', strength: 1 });
      expect(verdictAt('3', form)).toBeNull();
    }
    expect(verdictAt('1', { ...FORM, strengths: 2 })).toMatchObject({ strength: 2 });
  });

  it('lays eight points on eight digits', () => {
    const form = { ...FORM, strengths: 4 as const, tie: false };
    const given = [...'12345678'].map((key) => verdictAt(key, form));
    expect(given.map((verdict) => verdict?.kind === 'prefer' && [verdict.side, verdict.strength])).toEqual([
      ['left', 4],
      ['left', 3],
      ['left', 2],
      ['left', 1],
      ['right', 1],
      ['right', 2],
      ['right', 3],
      ['right', 4],
    ]);
  });

  it.each(['4', '0', '9', 'c', 's', 'ArrowDown', '1', '7'])('%s means nothing where it is not offered', (key) => {
    expect(commandFor(press(key), keysOf(NO_FORM))).toBeNull();
  });

  it('knows digits by their place where a layout gives them only with shift', () => {
    expect(verdictAt('&', FORM, { code: 'Digit1' })).toMatchObject({ side: 'left', strength: 3 });
    expect(verdictAt('7', FORM, { code: 'Numpad7' })).toMatchObject({ side: 'right' });
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
  ])('%s is %s', (key, id) => {
    expect(commandFor(press(key), keysOf(NO_FORM))?.id).toBe(id);
  });

  it('skips with S and asks for a reason with shift', () => {
    expect(commandFor(press('s'), keysOf(FORM))?.id).toBe('skip');
    expect(commandFor(press('S', { shiftKey: true }), keysOf(FORM))?.id).toBe('skip-with-reason');
  });

  it.each(['ctrlKey', 'metaKey', 'altKey', 'repeat'] as const)('leaves a press with %s to the browser', (held) => {
    expect(commandFor(press('z', { [held]: true }), keysOf(FORM))).toBeNull();
    expect(commandFor(press('2', { [held]: true }), keysOf(FORM))).toBeNull();
  });

  it('leaves keys without a meaning to the browser', () => {
    for (const key of ['a', '8', '9', 'Tab', 'Enter', ' ', 'ArrowUp', 'PageDown', 'Escape']) {
      expect(commandFor(press(key, { code: key }), keysOf(FORM))).toBeNull();
    }
  });

  it('takes both spellings of the question mark and of a symbol on a digit key', () => {
    expect(strokeOf(press('?', { code: 'Minus', shiftKey: true }))).toBe('?');
    expect(strokeOf(press('=', { code: 'Digit0', shiftKey: true }))).toBe('=');
  });
});

describe('ranking keys', () => {
  const keys = keyMapOf({ form: FORM, ranked: 4 }, STANDARD);

  it('places by number, and ties with shift', () => {
    expect(commandFor(press('3'), keys)).toEqual({ id: 'rank-3', tied: false });
    expect(commandFor(press('#', { code: 'Digit3', shiftKey: true }), keys)).toEqual({ id: 'rank-3', tied: true });
    expect(commandFor(press('5'), keys)).toBeNull();
  });

  it('gives Backspace to the ranking and leaves Z to undo', () => {
    expect(commandFor(press('Backspace'), keys)?.id).toBe('rank-back');
    expect(keys.get('undo')).toEqual(['Z']);
  });
});

describe('any question under any preset', () => {
  const presets = ['standard', 'left-hand', 'right-hand'] as const;
  const questions = ([1, 2, 3, 4] as Strength[]).flatMap((strengths) => [
    { form: { ...RICH, strengths }, ranked: 0, covered: true },
    { form: { ...RICH, strengths }, ranked: 6, covered: true },
  ]);

  it.each(presets)('gives every command a key of its own: %s', (preset) => {
    for (const question of questions) {
      const keys = keyMapOf(question, { preset, own: {} });
      const without = commandsOf(question).filter(({ id }) => (keys.get(id) ?? []).length === 0);
      expect(without.map(({ id }) => id)).toEqual([]);
      const all = [...keys.values()].flat();
      expect(new Set(all).size).toBe(all.length);
    }
  });

  it('lies in reach of one hand', () => {
    const verdicts = /^(left|right)-\d$|^tie$|^both|^cannot|^skip$/;
    const reach = { 'left-hand': /^[QWERTASDFGZXCVB]$/, 'right-hand': /^[YUIOPHJKLNM;,./]$/ } as const;
    for (const preset of ['left-hand', 'right-hand'] as const) {
      const keys = keysOf({ ...RICH, strengths: 4 }, { preset, own: {} });
      for (const [id, strokes] of keys) if (verdicts.test(id)) expect(strokes[0]).toMatch(reach[preset]);
    }
  });
});

describe('rebinding', () => {
  const question = pairOf(FORM);

  it('gives a key to a command and takes it from the one that had it', () => {
    const choice = rebound(STANDARD, question, 'tie', 'G');
    const keys = keyMapOf(question, choice);
    expect(commandFor(press('g'), keys)?.id).toBe('tie');
    expect(keys.get('tie')).toEqual(['G']);
    expect(keys.get('guidelines')).toEqual([]);
  });

  it('keeps the other key of a command that loses one', () => {
    const keys = keyMapOf(question, rebound(STANDARD, question, 'difference', 'Z'));
    expect(keys.get('undo')).toEqual(['Backspace']);
  });

  it('names who has a key before it is taken', () => {
    expect(holderOf('Z', keysOf(FORM), question)?.id).toBe('undo');
    expect(holderOf('Q', keysOf(FORM), question)).toBeNull();
  });

  it('holds under another form, where an own key may fall on a default one', () => {
    const choice: KeyChoice = rebound(STANDARD, question, 'difference', '8');
    const keys = keysOf({ ...FORM, strengths: 4, tie: false }, choice);
    expect(commandFor(press('8'), keys)?.id).toBe('difference');
    expect(keys.get('right-4')).toEqual([]);
  });
});
