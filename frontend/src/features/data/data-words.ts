/** Pair strategies in words. */

const STRATEGIES: Record<string, string> = {
  uniform: 'chance',
  disagreement: 'reward-model disagreement',
  composite: 'disagreement, coverage, agreement and time',
  double_thompson: 'what two heads find best',
  panel: 'old against new policy',
  check: 'a checkpoint against the policy before tuning',
  imported: 'imported',
  chat: 'a chat',
  edit: 'a correction',
};

export function strategyWords(strategy: string): string {
  return STRATEGIES[strategy] ?? strategy.replaceAll('_', ' ');
}

const KINDS: Record<string, string> = {
  normal: 'from the queue',
  panel: 'old against new policy',
  gold: 'known pair',
  repeat: 'asked again',
  mirrored: 'asked again with sides swapped',
  edit: 'correction',
  chat: 'from a chat',
};

/** Where a comparison came from. */
export function kindWords(kind: string): string {
  return KINDS[kind] ?? kind;
}
