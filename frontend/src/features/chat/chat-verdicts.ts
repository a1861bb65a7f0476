import type { QuestionForm } from '../../lib/api-types';
import { strengthWords } from '../../lib/scale-words';
import type { ChatTurn } from './chat-queries';

export interface ChatVerdict {
  kind: 'prefer' | 'tie' | 'both_bad' | 'both_good' | 'cannot_judge';
  side: 'left' | 'right' | null;
  strength: 1 | 2 | 3 | 4 | null;
}

export interface VerdictChoice {
  /** The first is shown on the button. */
  keys: readonly string[];
  label: string;
  verdict: ChatVerdict;
}

type Scale = Pick<QuestionForm, 'strengths' | 'tie' | 'both_bad' | 'both_good' | 'cannot_judge'>;

/** The keys of the labeling screen: from the far left to the middle, and from the middle to the far right. */
const LEFT_KEYS: Record<number, readonly string[]> = {
  1: ['2'],
  2: ['2', '1'],
  3: ['3', '2', '1'],
  4: ['4', '3', '2', '1'],
};
const RIGHT_KEYS: Record<number, readonly string[]> = {
  1: ['6'],
  2: ['6', '7'],
  3: ['5', '6', '7'],
  4: ['5', '6', '7', '8'],
};
const STRENGTHS = [1, 2, 3, 4] as const;

/** The choices of the project's form for two answers, from left to right. */
export function verdictChoices(scale: Scale): VerdictChoice[] {
  const steps = STRENGTHS.filter((strength) => strength <= scale.strengths);
  const plain = scale.strengths >= 3 ? 2 : 1;
  const side = (name: 'left' | 'right', keys: readonly string[]) => (strength: (typeof STRENGTHS)[number]) => ({
    keys: [keys[strength - 1] ?? '', ...(strength === plain ? [name === 'left' ? 'ArrowLeft' : 'ArrowRight'] : [])],
    label: capital(strengthWords(strength, scale.strengths)),
    verdict: { kind: 'prefer' as const, side: name, strength },
  });
  const neither = (on: boolean, kind: ChatVerdict['kind'], label: string, ...keys: string[]): VerdictChoice[] =>
    on ? [{ keys, label, verdict: { kind, side: null, strength: null } }] : [];
  return [
    ...steps.map(side('left', LEFT_KEYS[scale.strengths] ?? [])).reverse(),
    ...neither(scale.tie, 'tie', 'Tie', ...(scale.strengths === 4 ? ['T'] : ['4']), 'ArrowDown'),
    ...neither(scale.both_good, 'both_good', 'Both good', '9'),
    ...neither(scale.both_bad, 'both_bad', 'Both bad', '0'),
    ...neither(scale.cannot_judge, 'cannot_judge', 'Cannot judge', 'C'),
    ...steps.map(side('right', RIGHT_KEYS[scale.strengths] ?? [])),
  ];
}

/** What was said of two answers, and what goes on. */
export function verdictSentence(verdict: NonNullable<ChatTurn['verdict']>, strengths: number): string {
  switch (verdict.kind) {
    case 'prefer': {
      const side = verdict.side === 'left' ? 'Left' : 'Right';
      return `${side} is ${strengthWords(verdict.strength ?? 1, strengths)} and goes on.`;
    }
    case 'tie':
      return 'A tie: the left answer goes on.';
    case 'both_good':
      return 'Both good: the left answer goes on.';
    case 'both_bad':
      return 'Both bad: this message and its answers are left behind.';
    default:
      return 'Not judged: this message and its answers are left behind.';
  }
}

function capital(words: string): string {
  return `${words.charAt(0).toUpperCase()}${words.slice(1)}`;
}
