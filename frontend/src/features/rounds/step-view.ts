/** Maps a round to the stepper's rows and to the one step the page explains. */

import type { Round, RoundStep } from '../../lib/api-types';
import { durationText } from '../../lib/duration-text';
import { STEP_LABELS, type StepName, type StepState } from '../../lib/round-steps';
import type { LiveRound } from './live-round';

export interface StepView {
  name: StepName;
  label: string;
  state: StepState | 'held';
  /** Short words under the label: seconds taken, percentage done, or what it waits for. */
  note: string;
  runId: number | null;
  /** 0 … 1 while it works and says how far it is. */
  share: number | null;
}

const STATE_WORDS: Record<StepView['state'], string> = {
  pending: 'not yet',
  active: 'working',
  done: 'done',
  failed: 'failed',
  skipped: 'left out',
  cancelled: 'cancelled',
  held: 'waits for you',
};

export function stepViews(round: Round, live: LiveRound): StepView[] {
  return round.steps.map((step) => {
    const progress = (step.run_id === null ? null : live.runs[step.run_id]?.progress) ?? step.progress;
    const state = isHeld(round, step) ? 'held' : step.state;
    const share = state === 'active' && progress && progress.of > 0 ? Math.min(progress.step / progress.of, 1) : null;
    return {
      name: step.name,
      label: STEP_LABELS[step.name],
      state,
      note: noteOf(step, state, share),
      runId: step.run_id,
      share,
    };
  });
}

/** A gate that said no, a passed policy gate that waits for a person, or a run that the monitor paused. */
function isHeld(round: Round, step: RoundStep): boolean {
  if (step.paused_by.length > 0) return true;
  if (round.status === 'blocked') return step.name === round.blocked_at;
  return round.status === 'waiting' && step.name === 'policy_gate';
}

function noteOf(step: RoundStep, state: StepView['state'], share: number | null): string {
  if (share !== null) return `${Math.round(share * 100)} %`;
  if (state === 'done' && step.seconds !== null) return durationText(step.seconds);
  return STATE_WORDS[state];
}

/** The run whose curves and log are shown first: the active step's, else a failed one's, else the policy's, else the last. */
export function defaultRunId(round: Round): number | null {
  const withRun = round.steps.filter((step) => step.run_id !== null);
  const pick =
    withRun.find((step) => step.state === 'active') ??
    withRun.find((step) => step.state === 'failed') ??
    withRun.find((step) => step.name === 'policy') ??
    withRun.at(-1);
  return pick?.run_id ?? null;
}
