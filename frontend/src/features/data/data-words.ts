/** Pair strategies in words. */

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
