import type { Interval, LabelerFlag, LabelerQuality, Quality } from '../lib/api-types';

/** The quality report as the API answers it, for tests. */

function interval(value: number, n = 40): Interval {
  return { value, low: Math.max(0, value - 0.1), high: Math.min(1, value + 0.1), n };
}

export function exampleLabeler(userId: number, part: Partial<LabelerQuality> = {}): LabelerQuality {
  return {
    user_id: userId,
    username: `labeler ${userId}`,
    verdicts: 40,
    median_seconds: 12,
    gold: interval(0.9),
    consistency: null,
    agreement_with_others: interval(0.8),
    left_share: interval(0.52),
    length_bias: interval(0.55),
    format_bias: null,
    reliability: interval(0.85),
    position_bias: { value: 0.1, low: -0.2, high: 0.4, n: 40 },
    ties_share: interval(0.1),
    cycle_rate: null,
    fast_share: interval(0.1),
    fatigue: null,
    left_trend: null,
    pace_trend: null,
    longest_run: 4,
    paused_at: null,
    flags: [],
    ...part,
  };
}

export function exampleQuality(part: Partial<Quality> = {}): Quality {
  return {
    computed_at: '2026-05-01T10:00:00Z',
    seconds: 0.4,
    stale: false,
    live: 80,
    verdicts: 80,
    agreement: {
      alpha: { value: 0.42, low: 0.31, high: 0.52, n: 30 },
      alpha_reason: null,
      alpha_ordinal: null,
      pairwise: interval(0.71),
      kappa: null,
      cohen_mean: null,
      cohen_pairs: [],
      comparisons_with_overlap: 30,
    },
    gold: interval(0.88),
    consistency: { repeats: interval(0.9), mirrored: null },
    cycles: { rate: null, chance: 0.25, triads: 0 },
    labelers: [exampleLabeler(2), exampleLabeler(3)],
    ...part,
  };
}

export function exampleFlag(part: Partial<LabelerFlag> = {}): LabelerFlag {
  return {
    id: 5,
    user_id: 2,
    username: 'labeler 2',
    signal: 'position',
    evidence: {
      value: 0.95,
      low: 0.8,
      high: 0.99,
      n: 40,
      expected: 0.5,
      text: 'Took the left side in 95% of 40 decided verdicts.',
      preference_ids: [12, 18],
    },
    raised_at: '2026-05-01T10:00:00Z',
    closed_at: null,
    closed_by: null,
    note: '',
    ...part,
  };
}
