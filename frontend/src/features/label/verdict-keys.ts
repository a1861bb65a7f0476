import { type CommandId, STEP_LABELS } from './key-commands';
import type { Answer, QuestionForm, Strength, Verdict } from './label-state';
import { rankingText } from './ranking';

export interface VerdictChoice {
  command: CommandId;
  answer: Verdict;
  label: string;
  /** The sentence that is announced after it was chosen. */
  announcement: string;
}

/** What a scale needs to be drawn: the form's own, or an aspect's. */
export type Scale = Pick<QuestionForm, 'strengths' | 'tie'> &
  Partial<Pick<QuestionForm, 'both_bad' | 'both_good' | 'cannot_judge'>>;

const STRENGTHS: readonly Strength[] = [1, 2, 3, 4];

/** The choices that this scale offers, from left to right; skipping is not among them. */
export function verdictChoices(scale: Scale): VerdictChoice[] {
  const steps = STRENGTHS.filter((strength) => strength <= scale.strengths);
  const side = (name: 'left' | 'right', strength: Strength): VerdictChoice => {
    const label = STEP_LABELS[scale.strengths][strength - 1] ?? '';
    return {
      command: `${name}-${strength}`,
      answer: { kind: 'prefer', side: name, strength },
      label,
      announcement: `${name === 'left' ? 'Left' : 'Right'} ${label.toLowerCase()}`,
    };
  };
  return [
    ...[...steps].reverse().map((strength) => side('left', strength)),
    ...plainChoices(scale),
    ...steps.map((strength) => side('right', strength)),
  ];
}

function plainChoices(scale: Scale): VerdictChoice[] {
  const offered: VerdictChoice[] = [];
  const offer = (kind: 'tie' | 'both_bad' | 'both_good' | 'cannot_judge', on: boolean | undefined) => {
    const label = PLAIN_LABELS[kind];
    if (on) offered.push({ command: kind, answer: { kind }, label, announcement: label });
  };
  offer('tie', scale.tie);
  offer('both_good', scale.both_good);
  offer('both_bad', scale.both_bad);
  offer('cannot_judge', scale.cannot_judge);
  return offered;
}

const PLAIN_LABELS = {
  tie: 'Tie',
  both_bad: 'Both bad',
  both_good: 'Both good',
  cannot_judge: 'Cannot judge',
} as const;

/** The plain "better" of a scale: what the arrow keys mean. */
export function plainStrength({ strengths }: Pick<Scale, 'strengths'>): Strength {
  return strengths >= 3 ? 2 : 1;
}

/** The verdict that a command stands for on this scale; null when it is none. */
export function verdictOfCommand(id: CommandId, scale: Scale): Verdict | null {
  if (id === 'left' || id === 'right') return { kind: 'prefer', side: id, strength: plainStrength(scale) };
  return verdictChoices(scale).find(({ command }) => command === id)?.answer ?? null;
}

/** The choice that was made, in words: for the announcement and the history. */
export function answerText(answer: Answer, strengths: Strength = 3): string {
  if (answer.kind === 'skip') return 'Skipped';
  if (answer.kind === 'rank') return `Ranked ${rankingText(answer.ranking)}`;
  if (answer.kind !== 'prefer') return PLAIN_LABELS[answer.kind];
  // A step that the form no longer has keeps the words of the widest scale.
  const words = STEP_LABELS[strengths][answer.strength - 1] ?? STEP_LABELS[4][answer.strength - 1] ?? 'better';
  return `${answer.side === 'left' ? 'Left' : 'Right'} ${words.toLowerCase()}`;
}

export function sameAnswer(one: Answer, other: Answer): boolean {
  if (one.kind !== 'prefer' || other.kind !== 'prefer') return one.kind === other.kind;
  return one.side === other.side && one.strength === other.strength;
}
