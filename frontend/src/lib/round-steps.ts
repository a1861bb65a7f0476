/** The words of a round: statuses, steps and what each means, in one place for every page that shows rounds. */

import type { Round, RoundStep } from './api-types';

export type StepState = 'pending' | 'active' | 'done' | 'failed' | 'skipped' | 'cancelled';
export type StepName =
  | 'snapshot'
  | 'reward_model'
  | 'reward_gate'
  | 'policy'
  | 'evaluation'
  | 'policy_gate'
  | 'sampling'
  | 'queueing';

export const STEP_LABELS: Record<StepName, string> = {
  snapshot: 'Snapshot',
  reward_model: 'Reward model',
  reward_gate: 'Reward gate',
  policy: 'Policy',
  evaluation: 'Evaluation',
  policy_gate: 'Policy gate',
  sampling: 'Sampling',
  queueing: 'Queueing',
};

export const STEP_MEANINGS: Record<StepName, string> = {
  snapshot: 'Freezes the preferences given so far; the whole round trains on exactly these.',
  reward_model: 'Fits the reward model on the snapshot and measures it on preferences it was not trained on.',
  reward_gate: 'Compares the reward model’s held-out accuracy with the project’s limit.',
  policy: 'Tunes the policy against the reward model, held near the reference policy by the KL penalty.',
  evaluation: 'Samples the old and the new policy on panel prompts, which are never trained on.',
  policy_gate: 'Compares win rate, KL, length and endings with the project’s limits.',
  sampling: 'Lets the new policy write completions for the project’s prompts.',
  queueing: 'Chooses pairs of new completions and puts them into the labeling queue.',
};

export type Tone = 'neutral' | 'active' | 'good' | 'warn' | 'bad';

export interface StatusWords {
  label: string;
  tone: Tone;
}

const STATUS_WORDS: Record<string, StatusWords> = {
  snapshot: { label: 'Taking the snapshot', tone: 'active' },
  reward_model: { label: 'Training the reward model', tone: 'active' },
  reward_gate: { label: 'Checking the reward gate', tone: 'active' },
  policy: { label: 'Tuning the policy', tone: 'active' },
  evaluation: { label: 'Evaluating', tone: 'active' },
  policy_gate: { label: 'Checking the policy gate', tone: 'active' },
  sampling: { label: 'Sampling completions', tone: 'active' },
  queueing: { label: 'Filling the queue', tone: 'active' },
  paused: { label: 'Paused by the monitor', tone: 'warn' },
  done: { label: 'Done', tone: 'good' },
  blocked: { label: 'Stopped by a gate', tone: 'warn' },
  waiting: { label: 'Waits for promotion', tone: 'warn' },
  failed: { label: 'Failed', tone: 'bad' },
  cancelled: { label: 'Cancelled', tone: 'neutral' },
};

export function statusWords(status: string): StatusWords {
  return STATUS_WORDS[status] ?? { label: status.replaceAll('_', ' '), tone: 'neutral' };
}

/** The step whose run the monitor paused, if one is. */
export function pausedStep(round: Pick<Round, 'steps'>): RoundStep | undefined {
  return round.steps.find((step) => step.paused_by.length > 0);
}

/** The words of a round's status; a round whose tuning is paused does not work, whatever its status says. */
export function roundWords(round: Pick<Round, 'status' | 'steps'>): StatusWords {
  return statusWords(pausedStep(round) ? 'paused' : round.status);
}

/** True when nothing more happens to a round of this status. */
export function isFinalRound(status: string): boolean {
  return status === 'done' || status === 'failed' || status === 'cancelled';
}

/** True while the machine works on it: neither final nor waiting for a person. */
export function isWorkingRound(status: string): boolean {
  return !isFinalRound(status) && status !== 'blocked' && status !== 'waiting';
}

type RoundStart = Pick<Round, 'trigger' | 'number' | 'started_by'>;

/** What began a round; one that only samples follows every round that a gate ended. */
export function triggerWords({ trigger, number, started_by: startedBy }: RoundStart): string {
  if (trigger === 'automatic') return 'started by itself';
  if (trigger === 'bootstrap') {
    return number === 0 ? 'first samples of the base policy' : 'new samples of the policy in use';
  }
  return startedBy ? `started by ${startedBy}` : 'started by button';
}
