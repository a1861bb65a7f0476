import { Alert, Text } from '@mantine/core';
import type { Round } from '../../lib/api-types';
import { failureAdvice } from '../../lib/failure-advice';
import { STEP_LABELS, type StepName } from '../../lib/round-steps';

/** Why a round stopped or waits, and what can be done about it; nothing while it works or when it is done. */
export function RoundNotice({ round }: { round: Round }) {
  if (round.status === 'failed') {
    const { title, advice } = failureAdvice(round.failure_code ?? 'internal');
    return (
      <Alert color="red" variant="outline" title={`${title} (${round.failure_code})`} mb="md">
        <Text style={{ whiteSpace: 'pre-wrap', overflowWrap: 'anywhere' }}>{round.failure_detail}</Text>
        <Text mt="xs">{advice}</Text>
      </Alert>
    );
  }
  if (round.status === 'blocked') {
    return (
      <Alert color="orange" variant="outline" title={`The ${gateName(round)} said no`} mb="md">
        Read its checks below. Dismiss the round and collect more preferences, or override the gate with a reason.
      </Alert>
    );
  }
  if (round.status === 'waiting') {
    return (
      <Alert color="blue" variant="outline" title="The new policy passed its gate and waits for you" mb="md">
        Compare its samples below. Promote it to put it to use, or dismiss the round.
      </Alert>
    );
  }
  return null;
}

function gateName(round: Round): string {
  const label = STEP_LABELS[round.blocked_at as StepName] ?? 'gate';
  return label.toLowerCase();
}
