import { NativeSelect, Stack, Text } from '@mantine/core';
import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { Suspense } from 'react';
import { rowsOf } from '../../api/pages';
import { runLogQuery, runMetricsQuery, runQuery } from '../../api/round-queries';
import { LoadingState } from '../../components/loading-state';
import { PageSection } from '../../components/page-section';
import { QueryView } from '../../components/query-view';
import type { Run } from '../../lib/api-types';
import { lazyPart } from '../../lib/lazy-part';
import { mergeSeries } from '../../lib/series';
import { EMPTY_RUN, type LiveRound, mergeLog } from './live-round';
import { LogView } from './log-view';
import { RunCurves } from './run-curves';
import { RunFacts } from './run-facts';
import type { StepView } from './step-view';
import { isWorkingRun } from './tuning/run-words';

const TuningPanel = lazyPart(() => import('./tuning/tuning-panel'));

interface RunPanelProps {
  projectId: number;
  steps: readonly StepView[];
  runId: number;
  live: LiveRound;
  onSelectRun: (runId: number) => void;
}

/** Curves, log and provenance of one of the round's runs; live values are laid over the fetched ones. */
export function RunPanel({ projectId, steps, runId, live, onSelectRun }: RunPanelProps) {
  const { data: run, isError } = useQuery(runQuery(runId));
  const metrics = useQuery(runMetricsQuery(runId));
  const log = useInfiniteQuery(runLogQuery(runId));
  const told = live.runs[runId] ?? EMPTY_RUN;
  const withRun = steps.filter((step) => step.runId !== null);
  const step = withRun.find((candidate) => candidate.runId === runId);
  return (
    <>
      {(run?.kind === 'policy' || (!run && !isError && step?.name === 'policy')) && (
        <Suspense fallback={LOADING}>
          {run ? (
            <TuningPanel key={runId} projectId={projectId} run={run} live={told} onSelectRun={onSelectRun} />
          ) : (
            LOADING
          )}
        </Suspense>
      )}
      <PageSection
        title="Curves"
        description={step ? `What the run of the step “${step.label}” reports while it works.` : undefined}
        actions={
          withRun.length > 1 && (
            <NativeSelect
              aria-label="Run"
              size="xs"
              data={[
                ...withRun.map(({ runId: id, label }) => ({ value: String(id), label })),
                ...(step ? [] : [{ value: String(runId), label: repeatLabel(run) }]),
              ]}
              value={String(runId)}
              onChange={(event) => onSelectRun(Number(event.currentTarget.value))}
            />
          )
        }
      >
        <QueryView query={metrics} what="curves">
          {(fetched) => (
            <RunCurves
              series={mergeSeries(fetched, told.series)}
              isWorking={run ? isWorkingRun(run.status) : step?.state === 'active'}
            />
          )}
        </QueryView>
      </PageSection>
      <PageSection title="Log">
        <Stack gap="sm">
          {log.isError && <Text role="alert">The log could not be loaded.</Text>}
          <LogView lines={mergeLog(rowsOf(log.data), told.log)} />
          <RunFacts runId={runId} />
        </Stack>
      </PageSection>
    </>
  );
}

const LOADING = <LoadingState label="Loading the tuning" rows={6} />;

function repeatLabel(run: Run | undefined): string {
  return run ? `Policy, seed ${run.seed}` : 'Policy, another seed';
}
