import type {
  Checkpoint,
  CheckpointFigures,
  ComparedCheckpoint,
  Interval,
  PolicyPreset,
  PolicyReport,
  Preflight,
  Round,
  Run,
} from '../lib/api-types';
import { exampleRound, exampleSteps } from './round-examples';

/** A tuning run as the API answers it, for tests: the claim rises throughout, people’s verdicts turn. */

export function interval(value: number, n = 24): Interval {
  return { value, low: value - 0.1, high: value + 0.1, n };
}

export function exampleFigures(step: number, part: Partial<CheckpointFigures> = {}): CheckpointFigures {
  return {
    step,
    prompts: 24,
    reward: interval(step * 0.1),
    claimed_win_rate: step === 0 ? null : interval(0.5 + step * 0.02),
    kl: interval(step * 0.4),
    tokens: interval(40 + step),
    ended_share: 0.95,
    perplexity: 8 - step * 0.1,
    reference_perplexity: 9,
    entropy: 2.1,
    distinct_1: 0.5,
    distinct_2: 0.8,
    repetition: 0.1,
    refusals: interval(0.1),
    unsafe: null,
    outside: interval(0.2),
    fired: [],
    kept: step > 0,
    ...part,
  };
}

export function exampleCheckpoint(step: number, part: Partial<Checkpoint> = {}): Checkpoint {
  return {
    id: 300 + step,
    step,
    figures: exampleFigures(step),
    win_rate: null,
    verdicts: 0,
    queued: 0,
    checked_at: null,
    rank: null,
    has_weights: step > 0,
    model_version: null,
    ...part,
  };
}

/** Step 10 is liked better than step 20, whose reward is higher; step 30 is not judged. */
export const CHECKPOINTS: Checkpoint[] = [
  exampleCheckpoint(0),
  exampleCheckpoint(10, {
    win_rate: interval(0.7, 12),
    verdicts: 12,
    queued: 12,
    checked_at: '2026-05-01T10:01:00Z',
    rank: 1,
  }),
  exampleCheckpoint(20, {
    win_rate: interval(0.55, 12),
    verdicts: 12,
    queued: 12,
    checked_at: '2026-05-01T10:02:00Z',
    rank: 2,
  }),
  exampleCheckpoint(30),
];

export const PREFLIGHT: Preflight = {
  prompts: 24,
  samples: 16,
  verdicts: 31,
  points: [
    { beta: 1, sqrt_kl: 0.5, claimed: 0.4, predicted: interval(0.2), effective_samples: 12 },
    { beta: 0.25, sqrt_kl: 1.1, claimed: 0.9, predicted: interval(0.5), effective_samples: 6 },
    { beta: 0.06, sqrt_kl: 1.5, claimed: 1.3, predicted: interval(0.3), effective_samples: 1.6 },
  ],
  suggested_beta: 0.25,
  stop_sqrt_kl: 1.1,
  used_kl_coef: 0.25,
  note: 'the predicted score falls from √KL 1.10 on',
};

export const FIRED = {
  rule: 'length',
  explanation: 'Completions have 70 tokens on average, 1.75 times as many as before tuning.',
  value: 1.75,
  limit: 1.5,
};

const POLICY_CONFIG = { method: 'rloo', steps: 30 };
const MONITOR = {
  every: 10,
  prompts: 24,
  kept: 6,
  pause: true,
  check_pairs: 12,
  kl_above: 40,
  length_ratio: 1.5,
  perplexity_ratio: 0.7,
  diversity_drop: 0.3,
  refusal_rise: 0.05,
  outside_above: 0.5,
  preflight: true,
  preflight_samples: 16,
};

const REPORT: PolicyReport = {
  method: 'rloo',
  steps: 30,
  reward_first: 0,
  reward_last: 3,
  kl: 12,
  tokens_mean: 70,
  samples_per_second: 80,
  preflight: PREFLIGHT,
  checkpoints: [],
  finished_at: null,
};

export function exampleRun(part: Partial<Run> = {}): Run {
  return {
    id: 12,
    project_id: 7,
    round_id: 5,
    kind: 'policy',
    status: 'done',
    attempt: 1,
    progress: null,
    paused_by: [],
    accepted_rules: [],
    finish_step: null,
    repeats: null,
    repeated_by: [],
    report: REPORT,
    failure_code: null,
    failure_detail: null,
    job: {
      kind: 'policy',
      config: POLICY_CONFIG,
      monitor: MONITOR,
      policy: 'starter',
      reference: 'starter',
      reward_model: null,
    } as Run['job'],
    seed: 41,
    input_sha256: null,
    code_version: null,
    libraries: {},
    snapshot: null,
    cancel_requested_at: null,
    created_at: '2026-05-01T10:00:00Z',
    started_at: '2026-05-01T10:00:01Z',
    finished_at: '2026-05-01T10:05:00Z',
    ...part,
  };
}

/** A round whose tuning run the monitor paused. */
export function pausedRound(): Round {
  const steps = exampleSteps('policy').map((step) => (step.name === 'policy' ? { ...step, paused_by: [FIRED] } : step));
  const { reports } = exampleRound();
  return exampleRound({ status: 'policy', finished_at: null, steps, reports: { ...reports, evaluation: null } });
}

export function exampleCompared(step: number, part: Partial<ComparedCheckpoint> = {}): ComparedCheckpoint {
  return { ...exampleCheckpoint(step), run_id: 12, round: { id: 5, number: 3 }, method: 'rloo', seed: 41, ...part };
}

export const PRESETS: PolicyPreset[] = [
  {
    key: 'rloo',
    name: 'RLOO',
    summary: 'The default: steady and fast.',
    source: '2402.14740',
    settings: { method: 'rloo' },
  },
  {
    key: 'ppo_max_script',
    name: 'PPO-max, as shipped',
    summary: 'Rewards scaled only, a small KL penalty.',
    source: '2307.04964',
    settings: { method: 'ppo', reward_scaling: 'scale', kl_coef: 0.01, critic_warmup_steps: 5 },
  },
  { key: 'ppo', name: 'PPO', summary: 'Clipped surrogate.', source: '1707.06347', settings: { method: 'ppo' } },
];
