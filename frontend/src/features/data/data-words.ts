/** Verdicts and pair strategies in words. */

const STRATEGIES: Record<string, string> = {
  uniform: 'chance',
  disagreement: 'reward-model disagreement',
  uncertainty: 'reward-model uncertainty',
  exploration: 'exploration',
  panel: 'old against new policy',
  imported: 'imported',
};

export function strategyWords(strategy: string): string {
  return STRATEGIES[strategy] ?? strategy.replaceAll('_', ' ');
}

export const VERDICT_KINDS = [
  { value: 'prefer', label: 'One preferred' },
  { value: 'tie', label: 'Equally good' },
  { value: 'both_bad', label: 'Both bad' },
  { value: 'both_good', label: 'Both good' },
  { value: 'cannot_judge', label: 'Cannot judge' },
] as const;

const STRENGTHS: Record<number, string> = { 1: 'slightly better', 2: 'better', 3: 'much better' };

/** `A much better`, `equally good`, `both bad`. */
export function verdictWords(kind: string, winner: string | null, strength: number | null): string {
  if (kind === 'prefer' && winner) return `${winner.toUpperCase()} ${STRENGTHS[strength ?? 2] ?? 'better'}`;
  const known = VERDICT_KINDS.find(({ value }) => value === kind);
  return known ? known.label.toLowerCase() : kind.replaceAll('_', ' ');
}
