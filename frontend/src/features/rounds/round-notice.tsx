import { Notice } from '../../components/notice';
import { TextLink } from '../../components/text-link';
import type { Round } from '../../lib/api-types';
import { failureAdvice } from '../../lib/failure-advice';
import { pausedStep, STEP_LABELS, type StepName } from '../../lib/round-steps';
import { ruleName } from './tuning/rule-words';

/** Why a round stopped or waits, and what can be done about it; nothing while it works or when it is done. */
export function RoundNotice({ projectId, round }: { projectId: number; round: Round }) {
  const paused = pausedStep(round);
  if (paused) {
    return (
      <Notice tone="warn" title="The monitor paused tuning and waits for you">
        {paused.paused_by.map(({ rule }) => ruleName(rule)).join(', ')}. What was seen, and the ways on, stand below
        under “Tuning is paused”.
      </Notice>
    );
  }
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
  if (round.status === 'blocked' && round.reward_model && waitsForCard(round)) {
    return (
      <Notice tone="warn" title="The reward model waits for its card">
        Its card leaves mandatory fields empty.{' '}
        <TextLink
          to="/projects/$id/models/$modelId/card"
          params={{ id: String(projectId), modelId: String(round.reward_model.id) }}
        >
          Fill in the card
        </TextLink>
        , and the round goes on by itself. Or dismiss the round, or override the gate with a reason.
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

/** Whether the card is all that the gate found wanting. */
function waitsForCard(round: Round): boolean {
  const failed = (round.gates.reward_gate?.checks ?? []).filter(({ passed }) => !passed);
  return round.blocked_at === 'reward_gate' && failed.length === 1 && failed[0]?.name === 'card';
}

function gateName(round: Round): string {
  const label = STEP_LABELS[round.blocked_at as StepName] ?? 'gate';
  return label.toLowerCase();
}
