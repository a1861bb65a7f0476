import { useQuery } from '@tanstack/react-query';
import { roundQuery } from '../../api/round-queries';
import { FactList } from '../../components/fact-list';
import { IntervalText } from '../../components/interval-text';
import { PageSection } from '../../components/page-section';
import { QueryView } from '../../components/query-view';
import { naiveRules } from '../../components/reward-report/naive-rules';
import { SamplePairs } from '../../components/sample-pairs';
import { TextLink } from '../../components/text-link';
import type { RewardModelReport, Round } from '../../lib/api-types';

const SHOWN_SAMPLES = 3;

/** What the newest evaluated round did: its numbers with intervals, and a few samples before and after. */
export function LatestRound({ projectId, roundId }: { projectId: number; roundId: number }) {
  const query = useQuery(roundQuery(roundId));
  return (
    <PageSection
      title={query.data ? `What round ${query.data.number} did` : 'The last round'}
      actions={
        <TextLink
          size="sm"
          to="/projects/$id/rounds/$roundId"
          params={{ id: String(projectId), roundId: String(roundId) }}
        >
          All of it
        </TextLink>
      }
    >
      <QueryView query={query} what="round">
        {(round) => <RoundEffect round={round} />}
      </QueryView>
    </PageSection>
  );
}

function RoundEffect({ round }: { round: Round }) {
  const { reward_model: reward, evaluation, panel } = round.reports;
  const facts = [
    reward && {
      label: 'Reward model, held-out accuracy',
      value: <IntervalText {...reward.accuracy} />,
      note: <NaiveNote reward={reward} />,
    },
    evaluation && { label: 'Win rate, by the reward model', value: <IntervalText {...evaluation.win_rate} /> },
    panel && { label: 'Win rate, by people', value: <IntervalText {...panel} /> },
    evaluation && {
      label: 'KL to the reference',
      value: <IntervalText {...evaluation.after.kl} as="number" />,
      note: 'nats per completion',
    },
  ].filter((fact) => fact !== null);
  return (
    <>
      <FactList facts={facts} />
      {evaluation && (
        <details>
          <summary>Samples before and after</summary>
          <SamplePairs
            samples={evaluation.samples.slice(0, SHOWN_SAMPLES)}
            prompts={round.reports.prompts}
            before={round.start_policy ? `Policy ${round.start_policy.number}` : 'Before'}
            after={round.policy ? `Policy ${round.policy.number}` : 'After'}
          />
        </details>
      )}
    </>
  );
}

function NaiveNote({ reward }: { reward: RewardModelReport }) {
  const [{ name, interval }] = naiveRules(reward);
  return (
    <>
      {name}: <IntervalText {...interval} />
    </>
  );
}
