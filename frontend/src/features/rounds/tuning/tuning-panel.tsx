import { useQuery } from '@tanstack/react-query';
import { useMemo } from 'react';
import { runCheckpointsQuery } from '../../../api/checkpoint-queries';
import { ProblemAlert } from '../../../components/problem-alert';
import { QueryView } from '../../../components/query-view';
import type { PolicyReport, Preflight, Run } from '../../../lib/api-types';
import type { LiveRun } from '../live-round';
import { CheckpointTable } from './checkpoint-table';
import { looksOf } from './looks';
import { MonitorSection } from './monitor-section';
import { PausedRun } from './paused-run';
import { PreflightSection } from './preflight-section';
import { Repeats } from './repeats';
import { isFinalRun, isWorkingRun } from './run-words';
import { useTuningActs } from './use-tuning-acts';

interface TuningPanelProps {
  projectId: number;
  run: Run;
  live: LiveRun;
  onSelectRun: (runId: number) => void;
}

/** Verdicts come in while the run rests; nothing announces them. */
const VERDICTS_MS = 10_000;

/** Everything about one tuning run: why it is paused, the pre-flight, the monitor, its checkpoints and its repeats. */
export default function TuningPanel({ projectId, run, live, onSelectRun }: TuningPanelProps) {
  const query = useQuery({
    ...runCheckpointsQuery(run.id),
    refetchInterval: ({ state }) => (isWaiting(run, state.data?.checkpoints) ? VERDICTS_MS : false),
  });
  const acts = useTuningActs(projectId, run.id, onSelectRun);
  const looks = useMemo(() => looksOf(query.data?.checkpoints ?? [], live.looks), [query.data, live.looks]);
  const pending = acts.isPending ? acts.variables : null;
  const preflight = live.preflight ?? preflightOf(run);
  if (run.job.kind !== 'policy') return null;
  const { monitor } = run.job;
  return (
    <>
      <ProblemAlert error={acts.error} title="That could not be done" />
      {run.status === 'paused' && (
        <PausedRun run={run} looks={looks} pending={pending?.kind ?? null} onAct={acts.mutate} />
      )}
      {preflight && <PreflightSection preflight={preflight} looks={looks} />}
      <QueryView query={query} what="checkpoints" rows={6}>
        {({ people, frontier }) => (
          <>
            {monitor && (
              <MonitorSection
                looks={looks}
                limits={monitor}
                people={people}
                frontier={frontier}
                isWorking={isWorkingRun(run.status)}
              />
            )}
            <CheckpointTable projectId={projectId} run={run} looks={looks} pending={pending} onAct={acts.mutate} />
          </>
        )}
      </QueryView>
      {isFinalRun(run.status) && (
        <Repeats run={run} isPending={pending?.kind === 'repeat'} onAct={acts.mutate} onSelectRun={onSelectRun} />
      )}
    </>
  );
}

/** Whether verdicts, which nothing announces, are still wanted. */
function isWaiting(run: Run, checkpoints: readonly { queued: number; verdicts: number }[] | undefined): boolean {
  const isAsked = checkpoints?.some(({ queued, verdicts }) => verdicts < queued) ?? false;
  return isAsked || run.status === 'paused';
}

/** Of a finished run; a working one says it in the live stream. */
function preflightOf({ kind, report }: Run): Preflight | null {
  return kind === 'policy' ? ((report as PolicyReport | null)?.preflight ?? null) : null;
}
