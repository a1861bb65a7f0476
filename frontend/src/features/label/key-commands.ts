import type { Answer, QuestionForm } from './label-state';
import { plainStrength, verdictChoices } from './verdict-keys';

export type Command =
  | { name: 'answer'; answer: Answer }
  | { name: 'skip-with-reason' }
  | { name: 'undo' }
  | { name: 'guidelines' }
  | { name: 'difference' }
  | { name: 'markdown' }
  | { name: 'layout' }
  | { name: 'keys' };

/** The parts of a keyboard event that decide; `code` tells the digit keys on layouts that need shift for digits. */
export interface KeyPress {
  key: string;
  code: string;
  shiftKey: boolean;
  ctrlKey: boolean;
  metaKey: boolean;
  altKey: boolean;
  repeat: boolean;
}

const LETTERS: Record<string, Command> = {
  z: { name: 'undo' },
  backspace: { name: 'undo' },
  g: { name: 'guidelines' },
  d: { name: 'difference' },
  m: { name: 'markdown' },
  l: { name: 'layout' },
  '?': { name: 'keys' },
};

/** What a key press means under this form; null when nothing. A held key counts once. */
export function commandFor(press: KeyPress, form: QuestionForm): Command | null {
  if (press.repeat || press.ctrlKey || press.metaKey || press.altKey) return null;
  const key = press.key.toLowerCase();
  const letter = LETTERS[key];
  if (letter) return letter;
  if (key === 's' && form.skip) {
    return press.shiftKey ? { name: 'skip-with-reason' } : { name: 'answer', answer: { kind: 'skip', reason: '' } };
  }
  const answer = press.shiftKey ? null : (arrowAnswer(press.key, form) ?? digitAnswer(press, form));
  return answer ? { name: 'answer', answer } : null;
}

function arrowAnswer(key: string, form: QuestionForm): Answer | null {
  if (key === 'ArrowLeft') return { kind: 'prefer', side: 'left', strength: plainStrength(form) };
  if (key === 'ArrowRight') return { kind: 'prefer', side: 'right', strength: plainStrength(form) };
  if (key === 'ArrowDown' && form.tie) return { kind: 'tie' };
  return null;
}

function digitAnswer(press: KeyPress, form: QuestionForm): Answer | null {
  const digit = /^(?:Digit|Numpad)(\d)$/.exec(press.code)?.[1] ?? press.key;
  return verdictChoices(form).find((choice) => choice.key === digit)?.answer ?? null;
}
