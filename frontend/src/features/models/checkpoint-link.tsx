import { TextLink } from '../../components/text-link';
import type { Model } from '../../lib/api-types';

interface CheckpointLinkProps {
  projectId: number;
  checkpoint: NonNullable<Model['checkpoint']>;
}

/** The checkpoint that a policy was made of, with its figures and samples. */
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
