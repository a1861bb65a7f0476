import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { projectQuery } from '../../api/project-queries';
import { roundListQuery } from '../../api/round-queries';
import { type Column, DataTable } from '../../components/data-table';
import { EmptyState } from '../../components/empty-state';
import { LoopIcon } from '../../components/icons';
import { IntervalText } from '../../components/interval-text';
import { Page } from '../../components/page';
import { PageHeader } from '../../components/page-header';
import { PagedView } from '../../components/paged-view';
import { RelativeTime } from '../../components/relative-time';
import { StartRound } from '../../components/start-round';
import { StatusText } from '../../components/status-text';
import { TextLink } from '../../components/text-link';
import type { Round } from '../../lib/api-types';
import { durationText } from '../../lib/duration-text';
import { isFinalRound, roundWords, triggerWords } from '../../lib/round-steps';
import { useNumberParam } from '../../lib/route-params';

const POLL_MS = 5000;

/** Every turn of the loop, newest first. */
export default function RoundsPage() {
  const projectId = useNumberParam('id');
  const query = useInfiniteQuery({
    ...roundListQuery(projectId),
    refetchInterval: ({ state }) => (hasOpenRound(state.data?.pages[0]?.results) ? POLL_MS : false),
  });
  const isAdmin = useQuery(projectQuery(projectId)).data?.role === 'admin';
  return (
    <Page title="Rounds">
      <PageHeader
        title="Rounds"
        description="Each round freezes the preferences, trains a reward model on them, tunes the policy against it, and fills the queue with its completions."
        actions={isAdmin && <StartRound projectId={projectId} />}
      />
      <PagedView
        query={query}
        what="rounds"
        empty={
          <EmptyState title="No round yet" icon={<LoopIcon />}>
            The first round samples the base policy as soon as the project has prompts; the next ones learn from
            preferences.
          </EmptyState>
        }
      >
        {(rows) => (
          <DataTable
            caption="Rounds"
            columns={isAdmin ? adminColumns(projectId) : COLUMNS}
            rows={rows}
            rowKey={(round) => round.id}
          />
        )}
      </PagedView>
    </Page>
  );
}

function hasOpenRound(rounds: Round[] | undefined): boolean {
  return rounds?.some((round) => !isFinalRound(round.status)) ?? false;
}

/** What everybody sees: that the model learns, and when. */
const COLUMNS: Column<Round>[] = [
  { key: 'number', header: 'Round', cell: (round) => round.number },
  {
    key: 'status',
    header: 'State',
    cell: (round) => {
      const { label, tone } = roundWords(round);
      return <StatusText tone={tone}>{label}</StatusText>;
    },
  },
  {
    key: 'started',
    header: 'Started',
    cell: (round) => (
      <>
        <RelativeTime at={round.created_at} />, {triggerWords(round)}
      </>
    ),
  },
  { key: 'took', header: 'Took', numeric: true, cell: tookText },
];

/** The same with links to the rounds and with their figures. */
function adminColumns(projectId: number): Column<Round>[] {
  return [
    {
      key: 'number',
      header: 'Round',
      cell: (round) => (
        <TextLink
          to="/projects/$id/rounds/$roundId"
          params={{ id: String(projectId), roundId: String(round.id) }}
          aria-label={`Round ${round.number}`}
        >
          {round.number}
        </TextLink>
      ),
    },
    ...COLUMNS.slice(1),
    { key: 'preferences', header: 'Preferences', numeric: true, cell: (round) => round.preferences ?? '–' },
    {
      key: 'accuracy',
      header: 'Held-out accuracy',
      cell: ({ reports }) => (reports.reward_model ? <IntervalText {...reports.reward_model.accuracy} /> : '–'),
    },
    {
      key: 'win-rate',
      header: 'Win rate',
      cell: ({ reports }) => (reports.evaluation ? <IntervalText {...reports.evaluation.win_rate} /> : '–'),
    },
    { key: 'policy', header: 'Policy', numeric: true, cell: (round) => round.policy?.number ?? '–' },
    { key: 'queued', header: 'Pairs queued', numeric: true, cell: (round) => round.queued_comparisons },
  ];
}

function tookText(round: Round): string {
  if (!round.finished_at) return '–';
  return durationText((Date.parse(round.finished_at) - Date.parse(round.created_at)) / 1000);
}
