import type { Interval, RewardModelReport } from '../lib/api-types';

/** Reports of reward models as the API answers them, for tests: sparse, whole, and with everything wrong. */

export function interval(value: number, half = 0.05, n = 240): Interval {
  return { value, low: value - half, high: value + half, n };
}

/** What a first reward model on few preferences leaves. */
export const SPARSE_REPORT: RewardModelReport = {
  accuracy: { value: 0.72, low: 0.62, high: 0.8, n: 96 },
  method: '5-fold cross-validation by prompt',
  log_loss: 0.58,
  calibration_error: 0.06,
  calibration: [
    { predicted: 0.3, observed: 0.33, n: 30 },
    { predicted: 0.7, observed: 0.68, n: 66 },
  ],
  baseline_longer: { value: 0.51, low: 0.41, high: 0.61, n: 96 },
  baseline_always_a: { value: 0.49, low: 0.39, high: 0.59, n: 96 },
  preferences: 104,
  ties: 8,
  excluded: { cannot_judge: 3 },
  prior_precision: 1,
  temperature: 1,
  feedback: {},
  ceiling: null,
  slices: [],
  top_decile: null,
  probes: [],
  best_of_n: [],
  drift: null,
  learning_curve: null,
  labelers: [],
  groups: null,
  smoothing: null,
  self_labels: null,
  principles: null,
};

const MOVEMENT = [90, 60, 30, 12, 6, 3, 2, 1, 4, 12].map((n, index) => ({
  low: index / 10,
  high: (index + 1) / 10,
  n,
}));

/** Every section is there and nothing is wrong. */
export const WHOLE_REPORT: RewardModelReport = {
  ...SPARSE_REPORT,
  accuracy: interval(0.74, 0.04, 480),
  preferences: 520,
  ties: 40,
  temperature: 1.18,
  feedback: { verdicts: 480, ties: 40, corrections: 25, rankings: 12 },
  ceiling: interval(0.81, 0.05, 120),
  slices: [
    { name: 'tag: code', accuracy: interval(0.7, 0.12, 60), calibration_error: 0.09, temperature: 1.4 },
    { name: 'tag: chat', accuracy: interval(0.76, 0.06, 220), calibration_error: 0.05, temperature: 1.1 },
    { name: 'labeler: 12', accuracy: interval(0.78, 0.1, 80), calibration_error: null, temperature: null },
    { name: 'labeler: 13', accuracy: interval(0.71, 0.1, 80), calibration_error: null, temperature: null },
    { name: 'source: imported', accuracy: interval(0.73, 0.09, 100), calibration_error: 0.07, temperature: null },
  ],
  top_decile: {
    calibration: [
      { predicted: 0.6, observed: 0.55, n: 20 },
      { predicted: 0.9, observed: 0.82, n: 28 },
    ],
    calibration_error: 0.07,
    n: 48,
  },
  probes: [
    {
      name: 'length',
      effect: interval(0.04, 0.03, 200),
      limit: 0.25,
      alarm: false,
      says: 'The same sentence was said twice.',
    },
    {
      name: 'sycophancy',
      effect: interval(-0.2, 0.1, 200),
      limit: 0.25,
      alarm: false,
      says: 'An agreement with the prompt’s opinion was put in front.',
    },
  ],
  best_of_n: [
    { n: 1, kl: 0, win_rate: interval(0.5, 0.04), prompts: 60 },
    { n: 2, kl: 0.193, win_rate: interval(0.58, 0.05), prompts: 60 },
    { n: 4, kl: 0.636, win_rate: interval(0.64, 0.06), prompts: 60 },
    { n: 8, kl: 1.204, win_rate: interval(0.66, 0.07), prompts: 60 },
  ],
  drift: {
    flips: interval(0.12, 0.04),
    rank_correlation: 0.86,
    accuracy_change: interval(0.02, 0.03),
    says: 'On prompts that neither has seen.',
    n: 480,
  },
  learning_curve: {
    points: [
      { preferences: 65, accuracy: interval(0.62, 0.06) },
      { preferences: 130, accuracy: interval(0.67, 0.05) },
      { preferences: 260, accuracy: interval(0.71, 0.04) },
      { preferences: 520, accuracy: interval(0.74, 0.04) },
    ],
    forecasts: [
      { more: 260, accuracy: interval(0.755, 0.05) },
      { more: 1040, accuracy: interval(0.775, 0.06) },
    ],
    says: '500 more preferences for about +2 points.',
  },
  labelers: [
    { annotator: 12, reliability: interval(0.93, 0.04, 200), side_bias: interval(0.1, 0.2, 200), weight: 1.1 },
    { annotator: 13, reliability: interval(0.8, 0.08, 150), side_bias: interval(-0.3, 0.25, 150), weight: 0.7 },
  ],
  groups: {
    gain: interval(-0.002, 0.004),
    apart: 0.05,
    labelers: [
      { annotator: 12, share_second: 0.4 },
      { annotator: 13, share_second: 0.5 },
    ],
    alarm: false,
    says: 'One reward foretells the verdicts of 2 labelers as well as two would.',
  },
  smoothing: {
    curve: [
      { step: 0, plain: 0.69, smoothed: 0.69 },
      { step: 50, plain: 0.56, smoothed: 0.57 },
      { step: 100, plain: 0.72, smoothed: 0.56 },
    ],
    movement: MOVEMENT,
    refused: [{ preference_id: 31, soft_label: 0.04, support: 3 }],
    plain_ratio: 1.29,
    smoothed_ratio: 1.01,
  },
  self_labels: {
    loops: [
      {
        loop: 1,
        status: 'tell good from bad',
        admitted: 120,
        remaining: 900,
        accuracy: interval(0.75, 0.04),
        change: interval(0.01, 0.02),
        kept: true,
      },
      {
        loop: 2,
        status: 'amplify differences',
        admitted: 90,
        remaining: 810,
        accuracy: interval(0.75, 0.04),
        change: interval(0.01, 0.02),
        kept: true,
      },
    ],
    audited: 10,
    stopped: 'The largest share of self-labels is reached.',
  },
  principles: {
    figures: [
      {
        key: 'brief',
        labels: 140,
        accuracy: interval(0.78, 0.07),
        negated_accuracy: interval(0.76, 0.07),
        effect: 0.6,
      },
      { key: 'no_slang', labels: 20, accuracy: null, negated_accuracy: null, effect: -0.2 },
    ],
    blind_accuracy: interval(0.51, 0.05),
    conflicts: 14,
  },
};

/** Everything that can be wrong is wrong. */
export const ALARMING_REPORT: RewardModelReport = {
  ...WHOLE_REPORT,
  accuracy: interval(0.5, 0.04, 480),
  baseline_longer: interval(0.63, 0.04, 480),
  calibration_error: 0.19,
  temperature: 2.6,
  top_decile: { calibration: WHOLE_REPORT.top_decile?.calibration ?? [], calibration_error: 0.24, n: 48 },
  slices: [
    { name: 'tag: code', accuracy: interval(0.36, 0.09, 60), calibration_error: 0.3, temperature: 3 },
    { name: 'tag: chat', accuracy: interval(0.56, 0.06, 220), calibration_error: 0.1, temperature: 1.1 },
  ],
  probes: [
    {
      name: 'length',
      effect: interval(0.8, 0.06, 200),
      limit: 0.25,
      alarm: true,
      says: 'The same sentence was said twice.',
    },
    {
      name: 'position',
      effect: interval(-0.22, 0.1, 200),
      limit: 0.25,
      alarm: false,
      says: 'The two completions changed places.',
    },
  ],
  best_of_n: [
    { n: 1, kl: 0, win_rate: interval(0.5, 0.02), prompts: 60 },
    { n: 4, kl: 0.636, win_rate: interval(0.62, 0.03), prompts: 60 },
    { n: 16, kl: 1.835, win_rate: interval(0.48, 0.04), prompts: 60 },
  ],
  drift: {
    flips: interval(0.42, 0.05),
    rank_correlation: 0.2,
    accuracy_change: interval(-0.12, 0.04),
    says: '',
    n: 480,
  },
  labelers: [
    { annotator: 12, reliability: interval(0.3, 0.1, 200), side_bias: interval(0.1, 0.2, 200), weight: 0.2 },
    { annotator: 13, reliability: interval(0.8, 0.08, 150), side_bias: interval(1.3, 0.4, 150), weight: 0.7 },
  ],
  groups: {
    gain: interval(0.08, 0.03),
    apart: 0.31,
    labelers: [
      { annotator: 12, share_second: 0.02 },
      { annotator: 13, share_second: 0.97 },
    ],
    alarm: true,
    says: 'Two rewards foretell the verdicts better than one.',
  },
  smoothing: WHOLE_REPORT.smoothing && { ...WHOLE_REPORT.smoothing, smoothed_ratio: 2.4, plain_ratio: 2.3 },
  self_labels: WHOLE_REPORT.self_labels && {
    ...WHOLE_REPORT.self_labels,
    loops: [
      {
        loop: 1,
        status: 'tell good from bad',
        admitted: 120,
        remaining: 900,
        accuracy: interval(0.41, 0.04),
        change: interval(-0.09, 0.04),
        kept: false,
      },
    ],
    stopped: 'Held-out accuracy fell; the loop was rolled back.',
  },
  principles: WHOLE_REPORT.principles && {
    ...WHOLE_REPORT.principles,
    figures: [
      {
        key: 'brief',
        labels: 140,
        accuracy: interval(0.52, 0.07),
        negated_accuracy: interval(0.49, 0.07),
        effect: 0.6,
      },
    ],
  },
};
