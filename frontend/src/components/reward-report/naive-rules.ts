/** What needs no model to be said of held-out pairs, each rule in the direction that agrees with people more often. */

import type { Interval, RewardModelReport } from '../../lib/api-types';

export interface NaiveRule {
  name: string;
  interval: Interval;
}

type Baselines = Pick<RewardModelReport, 'baseline_longer' | 'baseline_always_a'>;

export function naiveRules({ baseline_longer, baseline_always_a }: Baselines): [length: NaiveRule, order: NaiveRule] {
  return [
    better(baseline_longer, 'The longer completion wins', 'The shorter completion wins'),
    better(baseline_always_a, 'The first one always wins', 'The second one always wins'),
  ];
}

/** A rule that is mostly wrong is mostly right when turned around; what it cannot decide counts half either way. */
function better(interval: Interval, name: string, reverse: string): NaiveRule {
  if (interval.value >= 0.5) return { name, interval };
  const { value, low, high, n } = interval;
  return { name: reverse, interval: { value: 1 - value, low: 1 - high, high: 1 - low, n } };
}
