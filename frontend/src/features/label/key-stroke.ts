import { digitKey } from '../../lib/digit-key';

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

const MODIFIERS = new Set([
  'Shift',
  'Control',
  'Alt',
  'AltGraph',
  'Meta',
  'CapsLock',
  'Dead',
  'Process',
  'Unidentified',
]);

/** A press by its name in the key table, as `S`, `Shift+S`, `4`, `ArrowLeft`, `?`; null for what is left to the browser. */
export function strokeOf(press: KeyPress): string | null {
  if (press.ctrlKey || press.metaKey || press.altKey || MODIFIERS.has(press.key)) return null;
  const shift = press.shiftKey ? 'Shift+' : '';
  // These two are reached with shift on many layouts, also on digit keys.
  if (press.key === '?' || press.key === '=') return press.key;
  const digit = digitKey(press);
  if (digit) return shift + digit;
  if (press.key === ' ') return 'Space';
  if (/^\p{L}$/u.test(press.key)) return shift + press.key.toUpperCase();
  return press.key.length === 1 ? press.key : shift + press.key;
}

const NAMES: Record<string, string> = {
  ArrowLeft: '←',
  ArrowRight: '→',
  ArrowUp: '↑',
  ArrowDown: '↓',
  Backspace: '⌫',
};

/** A stroke as it is printed on keys: `Shift+S` → ["Shift", "S"]. */
export function strokeCaps(stroke: string): string[] {
  return stroke.split(/(?<=.)\+(?=.)/).map((part) => NAMES[part] ?? part);
}

/** A stroke in one word, for a button. */
export function strokeText(stroke: string | undefined): string {
  return stroke ? strokeCaps(stroke).join(' ') : '';
}
