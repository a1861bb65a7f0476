/** What the monitor saw of a tuning run, step by step, with what people say of it. */

import type { Checkpoint, CheckpointFigures, Interval } from '../../../lib/api-types';
import { mergeLooks } from '../live-round';

export interface Look {
  figures: CheckpointFigures;
  /** Null until its row has been fetched: a live event comes before it. */
  checkpoint: Checkpoint | null;
}

/** Fetched checkpoints and live figures by step. */
export function looksOf(checkpoints: readonly Checkpoint[], live: readonly CheckpointFigures[]): Look[] {
  const byStep = new Map(checkpoints.map((checkpoint) => [checkpoint.step, checkpoint]));
  const figures = mergeLooks(
    live,
    checkpoints.map((checkpoint) => checkpoint.figures),
  );
  return figures.map((each) => ({ figures: each, checkpoint: byStep.get(each.step) ?? null }));
}

/** √KL to the reference; estimates of a KL near zero may fall below it. */
export function sqrtKl({ kl }: CheckpointFigures): number {
  return Math.sqrt(Math.max(0, kl.value));
}

export interface Judged {
  figures: CheckpointFigures;
  winRate: Interval;
}

/** Looks whose samples people compared with those of step 0. */
export function judgedLooks(looks: readonly Look[]): Judged[] {
  return looks.flatMap(({ figures, checkpoint }) =>
    checkpoint?.win_rate ? [{ figures, winRate: checkpoint.win_rate }] : [],
  );
}

/**
 * The order of a table: those that people judged by their rank, then the others by step. The reward model has no say:
 * it is what tuning learns to please.
 */
export function inPeoplesOrder(looks: readonly Look[]): Look[] {
  const rank = ({ checkpoint }: Look) => checkpoint?.rank ?? Number.POSITIVE_INFINITY;
  return [...looks].sort((left, right) => {
    const [one, other] = [rank(left), rank(right)];
    return one === other ? left.figures.step - right.figures.step : one - other;
  });
}
