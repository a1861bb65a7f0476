import type { CheckpointRef } from '../lib/api-types';
import { TextLink } from './text-link';

interface CheckpointLinkProps {
  projectId: number;
  checkpoint: CheckpointRef;
}

/** Leads from the name of a checkpoint to its figures and samples. */
export function CheckpointLink({ projectId, checkpoint: { id, step, run_id: run } }: CheckpointLinkProps) {
  return (
    <TextLink
      to="/projects/$id/checkpoints/compare"
      params={{ id: String(projectId) }}
      search={{ checkpoints: id }}
      size="sm"
      underline="always"
    >
      step {step} of run {run}
    </TextLink>
  );
}
