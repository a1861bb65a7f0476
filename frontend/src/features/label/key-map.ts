import { type CommandId, type CommandInfo, commandsOf, type Question, TIED } from './key-commands';
import { type KeyPress, strokeOf } from './key-stroke';
import type { QuestionForm, Strength } from './label-state';

export type Preset = 'standard' | 'left-hand' | 'right-hand';

/** The labeler's own choice: a preset, and the keys changed in it. An empty list leaves a command without a key. */
export interface KeyChoice {
  preset: Preset;
  own: Partial<Record<CommandId, readonly string[]>>;
}

export type KeyMap = ReadonlyMap<CommandId, readonly string[]>;
type Keys = Partial<Record<CommandId, readonly string[]>>;

export const STANDARD: KeyChoice = { preset: 'standard', own: {} };

const COMMON: Keys = {
  left: ['ArrowLeft'],
  right: ['ArrowRight'],
  both_bad: ['0'],
  both_good: ['9'],
  cannot_judge: ['C'],
  'rank-1': ['1'],
  'rank-2': ['2'],
  'rank-3': ['3'],
  'rank-4': ['4'],
  'rank-5': ['5'],
  'rank-6': ['6'],
  'rank-tie': ['='],
  'rank-back': ['Backspace'],
  skip: ['S'],
  'skip-with-reason': ['Shift+S'],
  undo: ['Z', 'Backspace'],
  aspects: ['A'],
  rationale: ['R'],
  reasons: ['W'],
  flags: ['F'],
  rating: ['V'],
  highlight: ['H'],
  edit: ['E'],
  guidelines: ['G'],
  difference: ['D'],
  markdown: ['M'],
  layout: ['L'],
  other: ['X'],
  together: ['Y'],
  uncover: ['Space', 'U'],
  keys: ['?'],
};

/** Fewer steps leave the keys where they are; four steps a side use the whole row of digits. */
const STANDARD_STEPS: Record<Strength, Keys> = {
  1: { 'left-1': ['2'], tie: ['4', 'ArrowDown'], 'right-1': ['6'] },
  2: { 'left-2': ['1'], 'left-1': ['2'], tie: ['4', 'ArrowDown'], 'right-1': ['6'], 'right-2': ['7'] },
  3: {
    'left-3': ['1'],
    'left-2': ['2'],
    'left-1': ['3'],
    tie: ['4', 'ArrowDown'],
    'right-1': ['5'],
    'right-2': ['6'],
    'right-3': ['7'],
  },
  4: {
    'left-4': ['1'],
    'left-3': ['2'],
    'left-2': ['3'],
    'left-1': ['4'],
    tie: ['ArrowDown', 'T'],
    'right-1': ['5'],
    'right-2': ['6'],
    'right-3': ['7'],
    'right-4': ['8'],
  },
};

/** The upper row prefers left, the row below it right; the further out, the stronger. */
const HANDS: Record<Exclude<Preset, 'standard'>, { left: string; right: string; others: Keys }> = {
  'left-hand': {
    left: 'QWER',
    right: 'ASDF',
    others: {
      tie: ['T'],
      both_bad: ['X'],
      both_good: ['C'],
      cannot_judge: ['V'],
      skip: ['B'],
      'skip-with-reason': ['Shift+B'],
      undo: ['Z', 'Backspace'],
      aspects: ['Shift+Q'],
      rationale: ['Shift+R'],
      reasons: ['Shift+W'],
      flags: ['Shift+F'],
      rating: ['Shift+V'],
      highlight: ['Shift+T'],
      edit: ['Shift+E'],
      difference: ['Shift+D'],
      markdown: ['Shift+X'],
      layout: ['Shift+Z'],
      other: ['Shift+A'],
      together: ['Shift+S'],
      uncover: ['Space'],
    },
  },
  'right-hand': {
    left: 'UIOP',
    right: 'JKL;',
    others: {
      tie: ['H'],
      both_bad: ['N'],
      both_good: ['M'],
      cannot_judge: [','],
      skip: ['.'],
      'skip-with-reason': ['/'],
      undo: ['Y', 'Backspace'],
      aspects: ['Shift+U'],
      rationale: ['Shift+K'],
      reasons: ['Shift+I'],
      flags: ['Shift+P'],
      rating: ['Shift+O'],
      highlight: ['Shift+H'],
      edit: ['Shift+J'],
      guidelines: ['Shift+G'],
      difference: ['Shift+N'],
      markdown: ['Shift+M'],
      layout: ['Shift+L'],
      other: ['-'],
      together: ['Shift+Y'],
      uncover: ['Space'],
    },
  },
};

/** The keys of every command that means something for this question. One key does one thing: own choices win. */
export function keyMapOf(question: Question, { preset, own }: KeyChoice): KeyMap {
  const offered = commandsOf(question);
  const defaults = defaultKeys(question.form, preset);
  const taken = new Set(offered.flatMap(({ id }) => own[id] ?? []));
  const map = new Map<CommandId, readonly string[]>();
  for (const { id } of offered) {
    const keys = own[id] ?? (defaults[id] ?? []).filter((key) => !taken.has(key));
    for (const key of keys) taken.add(key);
    map.set(id, keys);
  }
  return map;
}

function defaultKeys(form: QuestionForm, preset: Preset): Keys {
  if (preset === 'standard') return { ...COMMON, ...STANDARD_STEPS[form.strengths] };
  const { left, right, others } = HANDS[preset];
  const steps: Keys = {};
  for (const strength of [1, 2, 3, 4] as const) {
    steps[`left-${strength}`] = [left[form.strengths - strength] ?? ''];
    steps[`right-${strength}`] = [right[strength - 1] ?? ''];
  }
  return { ...COMMON, ...others, ...steps };
}

/** The command of a press; null when it has none. A held key counts once. `tied`: with Shift, while ranking. */
export function commandFor(press: KeyPress, keys: KeyMap): { id: CommandId; tied: boolean } | null {
  const stroke = press.repeat ? null : strokeOf(press);
  if (!stroke) return null;
  for (const [id, strokes] of keys) if (strokes.includes(stroke)) return { id, tied: false };
  for (const [id, strokes] of keys) {
    if (id.startsWith('rank-') && strokes.some((one) => TIED + one === stroke)) return { id, tied: true };
  }
  return null;
}

/** The command that has this stroke already. */
export function holderOf(stroke: string, keys: KeyMap, question: Question): CommandInfo | null {
  const holder = [...keys].find(([, strokes]) => strokes.includes(stroke))?.[0];
  return commandsOf(question).find(({ id }) => id === holder) ?? null;
}

/** The choice with a command on a stroke; who had it before loses it. */
export function rebound(choice: KeyChoice, question: Question, id: CommandId, stroke: string): KeyChoice {
  const keys = keyMapOf(question, choice);
  const own = { ...choice.own, [id]: [stroke] };
  for (const [other, strokes] of keys) {
    if (other !== id && strokes.includes(stroke)) own[other] = strokes.filter((one) => one !== stroke);
  }
  return { ...choice, own };
}
