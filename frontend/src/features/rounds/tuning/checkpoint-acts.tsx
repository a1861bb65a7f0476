import { Button, Group } from '@mantine/core';
import { ButtonLink } from '../../../components/button-link';
import { ConfirmButton } from '../../../components/confirm-button';
import { TextLink } from '../../../components/text-link';
import type { Checkpoint, Run } from '../../../lib/api-types';
import { isFinalRun } from './run-words';
import type { TuningAct } from './use-tuning-acts';

interface CheckpointActsProps {
  projectId: number;
  run: Run;
  checkpoint: Checkpoint;
  pending: TuningAct | null;
  onAct: (act: TuningAct) => void;
}

/** What can be done with one checkpoint: look closer, ask people, make a policy of it. */
export function CheckpointActs({ projectId, run, checkpoint, pending, onAct }: CheckpointActsProps) {
  const { id, step, model_version: version } = checkpoint;
  const isPending = (kind: TuningAct['kind']) =>
    pending?.kind === kind && 'checkpoint' in pending && pending.checkpoint === id;
  return (
    <Group gap={6} wrap="nowrap">
      <ButtonLink
        size="compact-xs"
        variant="default"
        to="/projects/$id/checkpoints/compare"
        params={{ id: String(projectId) }}
        search={{ checkpoints: id }}
        aria-label={`Figures and samples of step ${step}`}
      >
        Figures
      </ButtonLink>
      {step > 0 && checkpoint.queued === 0 && (
        <Button
          size="compact-xs"
          variant="default"
          aria-label={`Ask people about step ${step}`}
          loading={isPending('check')}
          onClick={() => onAct({ kind: 'check', checkpoint: id })}
        >
          Ask people
        </Button>
      )}
      {version && (
        <TextLink
          to="/projects/$id/models/$modelId"
          params={{ id: String(projectId), modelId: String(version.id) }}
          size="sm"
          underline="always"
          style={{ whiteSpace: 'nowrap' }}
        >
          Policy {version.number}
        </TextLink>
      )}
      {!version && step > 0 && checkpoint.has_weights && isFinalRun(run.status) && (
        <ConfirmButton
          size="compact-xs"
          title={`Make a policy of step ${step}?`}
          consequence="It becomes a candidate among the project’s policies, with its figures. The policy in use stays in use until you promote this one from the models page."
          confirmLabel="Make a candidate"
          loading={isPending('use')}
          onConfirm={() => onAct({ kind: 'use', checkpoint: id })}
        >
          Use
        </ConfirmButton>
      )}
    </Group>
  );
}
