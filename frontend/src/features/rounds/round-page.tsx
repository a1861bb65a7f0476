import { useQuery } from '@tanstack/react-query';
import { roundQuery } from '../../api/round-queries';
import { Page } from '../../components/page';
import { QueryView } from '../../components/query-view';
import type { Round } from '../../lib/api-types';
import { isFinalRound } from '../../lib/round-steps';
import { useNumberParam } from '../../lib/route-params';
import { RoundView } from './round-view';
import { isFinalRun } from './tuning/run-words';
import { useLiveRound } from './use-live-round';

/** One round, live while it works. */
export default function RoundPage() {
  const projectId = useNumberParam('id');
  const roundId = useNumberParam('roundId');
  return <RoundFeed key={roundId} projectId={projectId} roundId={roundId} />;
}

function RoundFeed({ projectId, roundId }: { projectId: number; roundId: number }) {
  const query = useQuery(roundQuery(roundId));
  const { live, connection } = useLiveRound(roundId, query.data !== undefined && !isSettled(query.data));
  return (
    <Page title={query.data ? `Round ${query.data.number}` : 'Round'}>
      <QueryView query={query} what="round" heading="Round" rows={8}>
        {(round) => <RoundView projectId={projectId} round={round} live={live} connection={connection} />}
      </QueryView>
    </Page>
  );
}

/** Whether nothing more happens, in the round or beside it. */
function isSettled({ status, repeats }: Round): boolean {
  return isFinalRound(status) && repeats.every((repeat) => isFinalRun(repeat.status));
}
