import { Notice } from '../../components/notice';
import type { Round } from '../../lib/api-types';
import { failureAdvice } from '../../lib/failure-advice';
import { STEP_LABELS, type StepName } from '../../lib/round-steps';

/** Why a round stopped or waits, and what can be done about it; nothing while it works or when it is done. */
export function RoundNotice({ round }: { round: Round }) {
  if (round.status === 'failed') {
    const { title, advice } = failureAdvice(round.failure_code ?? 'internal');
    return (
      <Notice tone="bad" title={`${title} (${round.failure_code})`}>
        {round.failure_detail}
        {'\n'}
        {advice}
      </Notice>
    );
  }
  if (round.status === 'blocked') {
    return (
      <Notice tone="warn" title={`The ${gateName(round)} said no`}>
        Read its checks below. Dismiss the round and collect more preferences, or override the gate with a reason.
      </Notice>
    );
  }
  if (round.status === 'waiting') {
    return (
      <Notice tone="active" title="The new policy passed its gate and waits for you">
        Compare its samples below. Promote it to put it to use, or dismiss the round.
      </Notice>
    );
  }
  return null;
}

function gateName(round: Round): string {
  const label = STEP_LABELS[round.blocked_at as StepName] ?? 'gate';
  return label.toLowerCase();
}
