/** Names of the monitor's rules. */

const NAMES: Readonly<Record<string, string>> = {
  kl: 'Far from the reference',
  collapse: 'Pattern collapse',
  length: 'Longer completions',
  diversity: 'Less diversity',
  refusals: 'More refusals',
  outside: 'Outside what the reward model knows',
  stop_point: 'Beyond the stop point',
  people: 'People like it less',
};

export function ruleName(rule: string): string {
  return NAMES[rule] ?? rule.replaceAll('_', ' ');
}
