import { useQuery } from '@tanstack/react-query';
import { useSearch } from '@tanstack/react-router';
import { checkpointCompareQuery } from '../../../api/checkpoint-queries';
import { EmptyState } from '../../../components/empty-state';
import { LoopIcon } from '../../../components/icons';
import { Page } from '../../../components/page';
import { PageHeader } from '../../../components/page-header';
import { PageSection } from '../../../components/page-section';
import { QueryView } from '../../../components/query-view';
import { TextLink } from '../../../components/text-link';
import type { ComparedCheckpoint } from '../../../lib/api-types';
import { idsOf } from '../../../lib/id-list';
import { useNumberParam } from '../../../lib/route-params';
import { CompareCurves } from './compare-curves';
import { CompareFigures } from './compare-figures';
import { CompareSamples } from './compare-samples';

/** Checkpoints of any tuning runs side by side: figures, curves and what they answer to the same prompts. */
export default function ComparePage() {
  const projectId = useNumberParam('id');
  const { checkpoints }: { checkpoints?: unknown } = useSearch({ strict: false });
  const ids = idsOf(checkpoints);
  const title = ids.length > 1 ? 'Compare checkpoints' : 'Checkpoint';
  return (
    <Page title={title}>
      {ids.length === 0 ? <NothingChosen /> : <Comparison projectId={projectId} ids={ids} title={title} />}
    </Page>
  );
}

function NothingChosen() {
  return (
    <>
      <PageHeader title="Compare checkpoints" />
      <EmptyState title="No checkpoint is chosen" icon={<LoopIcon />}>
        Tick two to four in the checkpoints of a round’s tuning run, and choose Compare.
      </EmptyState>
    </>
  );
}

interface ComparisonProps {
  projectId: number;
  ids: readonly number[];
  title: string;
}

function Comparison({ projectId, ids, title }: ComparisonProps) {
  const query = useQuery(checkpointCompareQuery(projectId, ids));
  return (
    <QueryView query={query} what="checkpoints" heading={title} rows={8}>
      {({ checkpoints, prompts }) => (
        <>
          <PageHeader title={title} description={<Rounds projectId={projectId} checkpoints={checkpoints} />} />
          <PageSection
            title="Figures"
            description="On panel prompts, which are never trained on. Win rates are against the policy before tuning."
          >
            <CompareFigures projectId={projectId} checkpoints={checkpoints} />
          </PageSection>
          <CompareCurves checkpoints={checkpoints} />
          <PageSection title="Samples" description="The same prompts, answered by each checkpoint.">
            <CompareSamples checkpoints={checkpoints} prompts={prompts} />
          </PageSection>
        </>
      )}
    </QueryView>
  );
}

/** The way back: the rounds that the checkpoints come from. */
function Rounds({ projectId, checkpoints }: { projectId: number; checkpoints: readonly ComparedCheckpoint[] }) {
  const rounds = new Map(checkpoints.flatMap(({ round }) => (round ? [[round.id, round] as const] : [])));
  return [...rounds.values()].map((round, index) => (
    <span key={round.id}>
      {index > 0 && ' · '}
      <TextLink
        to="/projects/$id/rounds/$roundId"
        params={{ id: String(projectId), roundId: String(round.id) }}
        underline="always"
        inherit
      >
        Round {round.number}
      </TextLink>
    </span>
  ));
}
