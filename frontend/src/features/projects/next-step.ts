/** What an admin should do next, and where the loop stands: derived from counts, never stored. */

import type { Project, Round, RoundPreview } from '../../lib/api-types';
import { countText } from '../../lib/number-text';
import { isFinalRound, isWorkingRound, pausedStep, roundWords, type StepName } from '../../lib/round-steps';

export interface NextStep {
  title: string;
  detail: string;
}

export interface LoopNode {
  key: 'collecting' | StepName;
  label: string;
  value: string;
  detail: string;
  isActive: boolean;
}

/** One sentence on what moves the loop on, and one on why. */
export function nextStep(project: Project, preview: RoundPreview | undefined, round: Round | undefined): NextStep {
  if (project.archived_at) return { title: 'This project is archived', detail: 'Nothing is labeled or trained here.' };
  if (project.counts.prompts === 0) {
    return { title: 'Add prompts', detail: 'The policy writes completions for them, and labelers compare those.' };
  }
  if (round && !isFinalRound(round.status)) return roundStep(round);
  if (round?.status === 'failed') {
    return { title: `Round ${round.number} failed`, detail: 'Open it to see why and to try the failed step again.' };
  }
  if (!preview) return { title: 'Collecting preferences', detail: '' };
  if (preview.can_start && preview.new_since_last === 0) {
    return {
      title: 'No new preference since the last round',
      detail: 'Label more first: a round now would learn from the same preferences.',
    };
  }
  if (preview.can_start) {
    return {
      title: `${countText(preview.new_since_last, 'new preference')}: a round can start`,
      detail: 'It trains the reward model on all preferences and tunes the policy against it.',
    };
  }
  return {
    title: `${preview.preferences} of ${preview.need} preferences to the first useful round`,
    detail: preview.reason ?? 'Label more comparisons, or invite labelers.',
  };
}

function roundStep(round: Round): NextStep {
  const title = `Round ${round.number}: ${roundWords(round).label.toLowerCase()}`;
  if (pausedStep(round)) {
    return { title, detail: 'Tuning waits for you: read why, then go on, end with a checkpoint, or cancel.' };
  }
  if (isWorkingRound(round.status)) return { title, detail: 'Labeling goes on meanwhile.' };
  const detail =
    round.status === 'waiting'
      ? 'The new policy passed its gate. Promote it, or dismiss it.'
      : 'Read the gate’s checks, then go on with a reason or dismiss the round.';
  return { title, detail };
}

const ACTIVE_NODES: Record<string, LoopNode['key']> = {
  snapshot: 'snapshot',
  reward_model: 'reward_model',
  reward_gate: 'reward_model',
  policy: 'policy',
  evaluation: 'policy',
  policy_gate: 'policy',
  waiting: 'policy',
  sampling: 'sampling',
  queueing: 'queueing',
};

/** Whether an open round does nothing until an admin decides. */
export function waitsForAdmin(round: Round): boolean {
  return pausedStep(round) !== undefined || (!isFinalRound(round.status) && !isWorkingRound(round.status));
}

/** The loop's stations with live counts; exactly one of them is active. */
export function loopNodes(project: Project, round: Round | undefined): LoopNode[] {
  const { counts } = project;
  const open = round && !isFinalRound(round.status) ? round : undefined;
  const stage = open?.status === 'blocked' ? open.blocked_at : open?.status;
  const active = (stage && ACTIVE_NODES[stage]) || 'collecting';
  const nodes: Omit<LoopNode, 'isActive'>[] = [
    {
      key: 'collecting',
      label: 'Collecting',
      value: countText(counts.preferences, 'preference'),
      detail: `${counts.preferences_since_round} since the last round`,
    },
    {
      key: 'snapshot',
      label: 'Snapshot',
      value: round?.preferences ? `${round.preferences} frozen` : 'none yet',
      detail: round ? `round ${round.number}` : '',
    },
    {
      key: 'reward_model',
      label: 'Reward model',
      value: round?.reward_model ? `version ${round.reward_model.number}` : 'none yet',
      detail: '',
    },
    {
      key: 'policy',
      label: 'Policy',
      value: project.active_policy ? `version ${project.active_policy.number}` : 'none yet',
      detail: 'in use',
    },
    {
      key: 'sampling',
      label: 'Sampling',
      value: countText(counts.completions, 'completion'),
      detail: `${counts.prompts} prompts`,
    },
    {
      key: 'queueing',
      label: 'Queue',
      value: `${counts.open_assignments} open`,
      detail: `${counts.leased_assignments} being labeled`,
    },
  ];
  return nodes.map((node) => ({ ...node, isActive: node.key === active }));
}
