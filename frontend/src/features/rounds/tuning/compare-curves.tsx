import { useQueries } from '@tanstack/react-query';
import { runCheckpointsQuery } from '../../../api/checkpoint-queries';
import { LineChart } from '../../../components/line-chart';
import { PageSection } from '../../../components/page-section';
import { intervalSeries } from '../../../components/reward-report/interval-series';
import type { Checkpoint, ComparedCheckpoint, Interval } from '../../../lib/api-types';
import classes from './monitor-section.module.css';

interface RunLooks {
  name: string;
  checkpoints: readonly Checkpoint[];
}

interface Curve {
  title: string;
  unit: string;
  as: 'percent' | 'number';
  pick: (checkpoint: Checkpoint) => Interval | null | undefined;
}

const CURVES: Curve[] = [
  { title: 'Win rate by people', unit: 'against step 0', as: 'percent', pick: (each) => each.win_rate },
  { title: 'Claimed win rate', unit: 'a claim', as: 'percent', pick: ({ figures }) => figures.claimed_win_rate },
  { title: 'Reward', unit: 'a claim', as: 'number', pick: ({ figures }) => figures.reward },
  { title: 'KL to the reference', unit: 'nats per completion', as: 'number', pick: ({ figures }) => figures.kl },
  { title: 'Length', unit: 'tokens', as: 'number', pick: ({ figures }) => figures.tokens },
];

/** The runs of checkpoints over steps, on one axis; nothing where all are of one run, whose page shows its curves. */
export function CompareCurves({ checkpoints }: { checkpoints: readonly ComparedCheckpoint[] }) {
  const runs = [...new Map(checkpoints.map((checkpoint) => [checkpoint.run_id, checkpoint])).values()];
  const looks = useQueries({
    queries: runs.length > 1 ? runs.map(({ run_id: run }) => runCheckpointsQuery(run)) : [],
    combine: (results) => results.map(({ data }) => data?.checkpoints ?? []),
  });
  if (runs.length < 2) return null;
  const named = runs.map(({ run_id: run, seed }, index) => ({
    name: `run ${run}, seed ${seed}`,
    checkpoints: looks[index] ?? [],
  }));
  return (
    <PageSection title="Their runs" description="Every look of the monitor at each run, on the same axes.">
      <div className={classes.charts}>
        {CURVES.map((curve) => (
          <div key={curve.title} className={classes.chart}>
            <RunsChart curve={curve} runs={named} />
          </div>
        ))}
      </div>
    </PageSection>
  );
}

function RunsChart({ curve: { title, unit, as, pick }, runs }: { curve: Curve; runs: readonly RunLooks[] }) {
  const series = runs.map(({ name, checkpoints }) =>
    intervalSeries(
      name,
      checkpoints.flatMap((each) => {
        const interval = pick(each);
        return interval ? [{ at: each.step, interval }] : [];
      }),
    ),
  );
  return <LineChart title={title} unit={unit} as={as} series={series} height={150} />;
}
