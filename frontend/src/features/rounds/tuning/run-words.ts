/** The words of runs. */

import type { Run, RunRef } from '../../../lib/api-types';
import type { Tone } from '../../../lib/round-steps';

const STATUS: Record<Run['status'], { label: string; tone: Tone }> = {
  queued: { label: 'waiting for a worker', tone: 'active' },
  running: { label: 'working', tone: 'active' },
  paused: { label: 'paused by the monitor', tone: 'warn' },
  done: { label: 'done', tone: 'good' },
  failed: { label: 'failed', tone: 'bad' },
  cancelled: { label: 'cancelled', tone: 'neutral' },
};

export function runStatus(status: Run['status']): { label: string; tone: Tone } {
  return STATUS[status];
}

/** What heads the ways on from a pause; a repeat is told from the round’s own tuning by its seed. */
export function pausedTitle({ isRepeat, seed }: { isRepeat: boolean; seed: number }): string {
  return isRepeat ? `Tuning with seed ${seed} is paused` : 'Tuning is paused';
}

/** True when nothing more happens to a run of this status. */
export function isFinalRun(status: Run['status']): boolean {
  return status === 'done' || status === 'failed' || status === 'cancelled';
}

/** True while a machine works on it or is about to. */
export function isWorkingRun(status: Run['status']): boolean {
  return status === 'queued' || status === 'running';
}

/** The same tuning with each seed, the first one first. */
export function seedsOf(run: Run): RunRef[] {
  const own = { id: run.id, seed: run.seed, status: run.status };
  return run.repeats ? [run.repeats, own] : [own, ...run.repeated_by];
}
