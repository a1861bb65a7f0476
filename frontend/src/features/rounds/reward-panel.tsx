import { RewardReport } from '../../components/reward-report/reward-report';
import type { Round } from '../../lib/api-types';

interface RewardPanelProps {
  projectId: number;
  round: Round;
}

/** How far the reward model of a round can be trusted. */
export function RewardPanel({ projectId, round }: RewardPanelProps) {
  const { reward_model: report } = round.reports;
  return report && <RewardReport report={report} projectId={projectId} modelId={round.reward_model?.id ?? null} />;
}
