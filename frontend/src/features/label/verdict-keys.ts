import type { Answer, QuestionForm, Strength } from './label-state';

export interface VerdictChoice {
  key: string;
  answer: Answer;
  label: string;
  /** The sentence that is announced after it was chosen. */
  announcement: string;
}

/** How far a step lies from the middle: 3 much, 2 better, 1 slightly. Fewer steps leave the keys where they are. */
const STEP_LABELS: Record<QuestionForm['strengths'], Partial<Record<Strength, string>>> = {
  1: { 1: 'Better' },
  2: { 2: 'Much better', 1: 'Better' },
  3: { 3: 'Much better', 2: 'Better', 1: 'Slightly better' },
};
const LEFT_KEYS: Record<QuestionForm['strengths'], Partial<Record<Strength, string>>> = {
  1: { 1: '2' },
  2: { 2: '1', 1: '2' },
  3: { 3: '1', 2: '2', 1: '3' },
};
const RIGHT_KEYS: Record<QuestionForm['strengths'], Partial<Record<Strength, string>>> = {
  1: { 1: '6' },
  2: { 1: '6', 2: '7' },
  3: { 1: '5', 2: '6', 3: '7' },
};
const STRENGTHS: readonly Strength[] = [3, 2, 1];

/** The choices that this form offers, from left to right; skipping is not among them. */
export function verdictChoices(form: QuestionForm): VerdictChoice[] {
  const steps = STRENGTHS.filter((strength) => strength <= form.strengths);
  const side = (name: 'left' | 'right', strength: Strength): VerdictChoice => {
    const label = STEP_LABELS[form.strengths][strength] ?? '';
    return {
      key: (name === 'left' ? LEFT_KEYS : RIGHT_KEYS)[form.strengths][strength] ?? '',
      answer: { kind: 'prefer', side: name, strength },
      label,
      announcement: `${name === 'left' ? 'Left' : 'Right'} ${label.toLowerCase()}`,
    };
  };
  const middle: VerdictChoice[] = [];
  if (form.tie) middle.push({ key: '4', answer: { kind: 'tie' }, label: 'Tie', announcement: 'Tie' });
  if (form.both_bad) {
    middle.push({ key: '0', answer: { kind: 'both_bad' }, label: 'Both bad', announcement: 'Both bad' });
  }
  return [
    ...steps.map((strength) => side('left', strength)),
    ...middle,
    ...[...steps].reverse().map((strength) => side('right', strength)),
  ];
}

/** The plain "better" of a form: what the arrow keys mean. */
export function plainStrength(form: QuestionForm): Strength {
  return form.strengths === 3 ? 2 : 1;
}

/** The choice that was made, in words: for the announcement and the history. */
export function answerText(answer: Answer): string {
  if (answer.kind === 'skip') return 'Skipped';
  const widest: QuestionForm = { strengths: 3, tie: true, both_bad: true, skip: true };
  const same = verdictChoices(widest).find((choice) => sameAnswer(choice.answer, answer));
  return same?.announcement ?? answer.kind;
}

export function sameAnswer(one: Answer, other: Answer): boolean {
  if (one.kind !== 'prefer' || other.kind !== 'prefer') return one.kind === other.kind;
  return one.side === other.side && one.strength === other.strength;
}
