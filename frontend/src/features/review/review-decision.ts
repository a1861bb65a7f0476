/** A reviewer's decision while it is made, and the keys that make it. */

import type { ReviewItem } from '../../lib/api-types';

export type Outcome = 'mistake' | 'value_difference' | 'unclear';

export interface Decision {
  outcome: Outcome | null;
  mistaken: readonly number[];
  /** Share of reasonable people who prefer A, 0 to 1. */
  shareA: number;
  note: string;
}

export type DecisionAction =
  | { type: 'outcome'; outcome: Outcome }
  | { type: 'mistaken'; preferenceId: number }
  | { type: 'share'; shareA: number }
  | { type: 'step'; by: number }
  | { type: 'note'; note: string };

/** What each outcome does to training, in words. */
export const OUTCOMES: readonly { value: Outcome; label: string; effect: string }[] = [
  { value: 'mistake', label: 'Mistake', effect: 'The chosen verdicts are left out of training; the others stay.' },
  {
    value: 'value_difference',
    label: 'Value difference',
    effect: 'Both are right for somebody: every verdict on it is trained on as the share below.',
  },
  { value: 'unclear', label: 'Unclear', effect: 'Nobody can tell: no verdict on it is trained on.' },
];

export function outcomeLabel(outcome: string): string {
  return OUTCOMES.find(({ value }) => value === outcome)?.label ?? outcome;
}

/** No outcome yet; the share starts where the verdicts stand. */
export function emptyDecision(item: ReviewItem): Decision {
  return { outcome: null, mistaken: [], shareA: shareOfVerdicts(item), note: '' };
}

/** Share of the decided verdicts for A, ties as half, to the nearest step; a half without any. */
function shareOfVerdicts({ verdicts }: ReviewItem): number {
  const points = verdicts.flatMap(({ kind, winner }) => {
    if (kind === 'tie') return [0.5];
    return winner === null ? [] : [winner === 'a' ? 1 : 0];
  });
  const sum = points.reduce<number>((total, point) => total + point, 0);
  return points.length === 0 ? 0.5 : stepped(sum / points.length);
}

function stepped(share: number): number {
  return Math.min(1, Math.max(0, Math.round(share * 20) / 20));
}

export function decisionReducer(decision: Decision, action: DecisionAction): Decision {
  switch (action.type) {
    case 'outcome':
      return { ...decision, outcome: action.outcome };
    case 'mistaken': {
      const isChosen = decision.mistaken.includes(action.preferenceId);
      const mistaken = isChosen
        ? decision.mistaken.filter((id) => id !== action.preferenceId)
        : [...decision.mistaken, action.preferenceId];
      return { ...decision, outcome: 'mistake', mistaken };
    }
    case 'share':
      return { ...decision, outcome: 'value_difference', shareA: stepped(action.shareA) };
    case 'step':
      return { ...decision, outcome: 'value_difference', shareA: stepped(decision.shareA + action.by) };
    case 'note':
      return { ...decision, note: action.note };
  }
}

/** Why the decision cannot be saved yet, or null. */
export function decisionProblem({ outcome, mistaken }: Decision): string | null {
  if (outcome === null) return 'Choose what it is.';
  if (outcome === 'mistake' && mistaken.length === 0) return 'Choose the mistaken verdicts.';
  return null;
}

export function decisionBody({ outcome, mistaken, shareA, note }: Decision) {
  if (outcome === null) throw new Error('A decision without an outcome cannot be saved.');
  return {
    outcome,
    mistaken: outcome === 'mistake' ? [...mistaken] : [],
    share_a: outcome === 'value_difference' ? shareA : null,
    note: note.trim(),
  };
}

/** Letters that choose verdicts as mistaken, in the order of the verdicts. */
export const VERDICT_KEYS: readonly string[] = ['q', 'w', 'e', 'r', 't', 'z', 'i', 'o'];

export type ReviewCommand =
  | { name: 'decide'; action: DecisionAction }
  | { name: 'save' | 'next' | 'previous' | 'take-back' | 'note' };

/** What a key means for an item, or null. */
export function commandOfKey(key: string, item: ReviewItem): ReviewCommand | null {
  const outcome = OUTCOMES[Number(key) - 1];
  if (outcome) {
    if (outcome.value === 'value_difference' && item.more.length > 0) return null;
    return { name: 'decide', action: { type: 'outcome', outcome: outcome.value } };
  }
  const verdict = item.verdicts[VERDICT_KEYS.indexOf(key)];
  if (verdict) return { name: 'decide', action: { type: 'mistaken', preferenceId: verdict.preference_id } };
  if ((key === '+' || key === '-') && item.more.length === 0) {
    return { name: 'decide', action: { type: 'step', by: key === '+' ? 0.05 : -0.05 } };
  }
  return COMMANDS[key] ?? null;
}

const COMMANDS: Record<string, ReviewCommand> = {
  Enter: { name: 'save' },
  ArrowRight: { name: 'next' },
  j: { name: 'next' },
  ArrowLeft: { name: 'previous' },
  k: { name: 'previous' },
  u: { name: 'take-back' },
  n: { name: 'note' },
};
