import type { ComparedCheckpoint } from '../../../lib/api-types';

/** `Step 20`, with its run and seed where checkpoints of several runs stand side by side. */
export function comparedNames(checkpoints: readonly ComparedCheckpoint[]): Map<number, string> {
  const isOneRun = new Set(checkpoints.map(({ run_id: run }) => run)).size === 1;
  return new Map(
    checkpoints.map(({ id, step, run_id: run }) => [id, isOneRun ? `Step ${step}` : `Step ${step} of run ${run}`]),
  );
}
