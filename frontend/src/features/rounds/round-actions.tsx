import { Group } from '@mantine/core';
import { ConfirmButton } from '../../components/confirm-button';
import type { Round } from '../../lib/api-types';
import { capitalised } from '../../lib/capitalised';
import { isWorkingRound } from '../../lib/round-steps';
import { OverrideButton } from './override-button';
import type { RoundAction } from './use-round-actions';

interface RoundActionsProps {
  round: Round;
  pending: RoundAction['kind'] | null;
  onAction: (action: RoundAction) => void;
}

/** The buttons that fit the round's state; each says what it will do before it does it. */
export function RoundActions({ round, pending, onAction }: RoundActionsProps) {
  const policy = round.policy ? `policy ${round.policy.number}` : 'the new policy';
  return (
    <Group gap="xs">
      {isWorkingRound(round.status) && (
        <ConfirmButton
          title={`Cancel round ${round.number}?`}
          consequence="The run that works now stops at its next step and keeps its checkpoint. The active policy and the queue stay as they are. A cancelled round can be retried."
          confirmLabel="Cancel the round"
          color="red.8"
          loading={pending === 'cancel'}
          onConfirm={() => onAction({ kind: 'cancel' })}
        >
          Cancel round
        </ConfirmButton>
      )}
      {(round.status === 'blocked' || round.status === 'waiting') && (
        <ConfirmButton
          title={`Dismiss round ${round.number}?`}
          consequence={dismissalWords(round)}
          confirmLabel="Dismiss"
          loading={pending === 'dismiss'}
          onConfirm={() => onAction({ kind: 'dismiss' })}
        >
          Dismiss
        </ConfirmButton>
      )}
      {round.status === 'blocked' && (
        <OverrideButton
          loading={pending === 'override'}
          onOverride={(reason) => onAction({ kind: 'override', reason })}
        />
      )}
      {round.status === 'waiting' && (
        <ConfirmButton
          title={`Promote ${policy}?`}
          consequence={`${capitalised(policy)} becomes the policy in use, writes new completions for the project’s prompts, and pairs of them join the queue. The policy in use now is retired; it can be rolled back to.`}
          confirmLabel="Promote"
          variant="filled"
          loading={pending === 'promote'}
          onConfirm={() => onAction({ kind: 'promote' })}
        >
          Promote {policy}
        </ConfirmButton>
      )}
      {(round.status === 'failed' || round.status === 'cancelled') && (
        <ConfirmButton
          title={`Retry round ${round.number}?`}
          consequence="The step that stopped is tried again with the same snapshot, from its last checkpoint where there is one. Steps that are done are not repeated."
          confirmLabel="Retry"
          variant="filled"
          loading={pending === 'retry'}
          onConfirm={() => onAction({ kind: 'retry' })}
        >
          Retry
        </ConfirmButton>
      )}
    </Group>
  );
}

/** What is left of a dismissed round; its own pairs were never made, so the policy in use writes others. */
function dismissalWords({ policy }: Round): string {
  const left = policy
    ? `Policy ${policy.number} stays a candidate that can be promoted later from the models page.`
    : 'No policy is tuned; its reward model is kept among the models.';
  return `The round ends. ${left} The policy in use stays in use, and a new round samples it at once, so that there are pairs to label.`;
}
