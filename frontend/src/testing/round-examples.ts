import type { EvaluationReport, PolicyStats, Round, RoundStep } from '../lib/api-types';
import type { StepName } from '../lib/round-steps';
import { SPARSE_REPORT } from './report-examples';

/** A round, its reports and its steps as the API answers them, for tests. */

const ORDER: StepName[] = [
  'snapshot',
  'reward_model',
  'reward_gate',
  'policy',
  'evaluation',
  'policy_gate',
  'sampling',
  'queueing',
];

function stats(reward: number): PolicyStats {
  return {
    reward: { value: reward, low: reward - 0.1, high: reward + 0.1, n: 40 },
    kl: { value: 3.2, low: 2.9, high: 3.5, n: 40 },
    tokens: { value: 48, low: 45, high: 51, n: 40 },
    ended_share: 0.95,
    distinct_2: 0.61,
    repetition: 0.05,
    reference_nll: 1.7,
    outside: 0.02,
  };
}

export const EVALUATION_REPORT: EvaluationReport = {
  win_rate: { value: 0.78, low: 0.63, high: 0.88, n: 40 },
  before: stats(0),
  after: stats(1.2),
  samples: [
    {
      prompt_id: 1,
      before: 'Plain words.',
      after: '<b>Warm</b> words!',
      reward_before: 0,
      reward_after: 1.5,
      sd_before: 0.2,
      sd_after: 0.3,
      ood_before: 0.4,
      ood_after: 1.3,
    },
  ],
};

/** Steps up to `active` are done, it is active, later ones are pending. */
export function exampleSteps(active: StepName | null): RoundStep[] {
  const current = active === null ? ORDER.length : ORDER.indexOf(active);
  return ORDER.map((name, index) => ({
    name,
    state: index < current ? 'done' : index === current ? 'active' : 'pending',
    run_id: name === 'reward_model' ? 11 : name === 'policy' ? 12 : null,
    progress: null,
    seconds: index < current ? 4 : null,
    paused_by: [],
  }));
}

export function exampleRound(part: Partial<Round> = {}): Round {
  return {
    id: 5,
    number: 3,
    status: 'done',
    trigger: 'button',
    started_by: 'ada',
    created_at: '2026-05-01T10:00:00Z',
    finished_at: '2026-05-01T10:01:30Z',
    blocked_at: null,
    failure_code: null,
    failure_detail: null,
    preferences: 104,
    steps: exampleSteps(null),
    repeats: [],
    reward_model: { id: 21, number: 3 },
    policy: { id: 22, number: 3 },
    start_policy: { id: 20, number: 2 },
    gates: { reward_gate: null, policy_gate: null },
    reports: {
      reward_model: SPARSE_REPORT,
      evaluation: EVALUATION_REPORT,
      panel: null,
      prompts: { 1: 'How do I say sorry?' },
    },
    queued_comparisons: 60,
    ...part,
  };
}
