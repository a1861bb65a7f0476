import { NativeSelect, Stack, Text } from '@mantine/core';
import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { rowsOf } from '../../api/pages';
import { runLogQuery, runMetricsQuery } from '../../api/round-queries';
import { PageSection } from '../../components/page-section';
import { QueryView } from '../../components/query-view';
import { mergeSeries } from '../../lib/series';
import { EMPTY_RUN, type LiveRound, mergeLog } from './live-round';
import { LogView } from './log-view';
import { RunCurves } from './run-curves';
import { RunFacts } from './run-facts';
import type { StepView } from './step-view';

interface RunPanelProps {
  steps: readonly StepView[];
  runId: number;
  live: LiveRound;
  onSelectRun: (runId: number) => void;
}

/** Curves, log and provenance of one of the round's runs; live values are laid over the fetched ones. */
export function RunPanel({ steps, runId, live, onSelectRun }: RunPanelProps) {
  const metrics = useQuery(runMetricsQuery(runId));
  const log = useInfiniteQuery(runLogQuery(runId));
  const run = live.runs[runId] ?? EMPTY_RUN;
  const withRun = steps.filter((step) => step.runId !== null);
  const step = withRun.find((candidate) => candidate.runId === runId);
  return (
    <>
      <PageSection
        title="Curves"
        description={step ? `What the run of the step “${step.label}” reports while it works.` : undefined}
        actions={
          withRun.length > 1 && (
            <NativeSelect
              aria-label="Run"
              size="xs"
              data={withRun.map(({ runId: id, label }) => ({ value: String(id), label }))}
              value={String(runId)}
              onChange={(event) => onSelectRun(Number(event.currentTarget.value))}
            />
          )
        }
      >
        <QueryView query={metrics} what="curves">
          {(fetched) => <RunCurves series={mergeSeries(fetched, run.series)} isWorking={step?.state === 'active'} />}
        </QueryView>
      </PageSection>
      <PageSection title="Log">
        <Stack gap="sm">
          {log.isError && <Text role="alert">The log could not be loaded.</Text>}
          <LogView lines={mergeLog(rowsOf(log.data), run.log)} />
          <RunFacts runId={runId} />
        </Stack>
      </PageSection>
    </>
  );
}
