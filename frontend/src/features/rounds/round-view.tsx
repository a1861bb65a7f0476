import { Text } from '@mantine/core';
import { useState } from 'react';
import { PageHeader } from '../../components/page-header';
import { PageSection } from '../../components/page-section';
import { ProblemAlert } from '../../components/problem-alert';
import { ProgressLine } from '../../components/progress-line';
import { RelativeTime } from '../../components/relative-time';
import { SamplePairs } from '../../components/sample-pairs';
import { StatusText } from '../../components/status-text';
import type { Round } from '../../lib/api-types';
import { capitalised } from '../../lib/capitalised';
import { durationText } from '../../lib/duration-text';
import type { StreamState } from '../../lib/event-stream';
import { countText, numberText } from '../../lib/number-text';
import { isWorkingRound, pausedStep, roundWords, STEP_MEANINGS, triggerWords } from '../../lib/round-steps';
import { EvaluationPanel } from './evaluation-panel';
import { GatePanel } from './gate-panel';
import type { LiveRound } from './live-round';
import { RewardPanel } from './reward-panel';
import { RoundActions } from './round-actions';
import { RoundNotice } from './round-notice';
import { RoundStepper } from './round-stepper';
import { RunPanel } from './run-panel';
import { defaultRunId, stepViews } from './step-view';
import { PausedRepeats } from './tuning/paused-repeats';
import { useRoundActions } from './use-round-actions';

interface RoundViewProps {
  projectId: number;
  round: Round;
  live: LiveRound;
  connection: StreamState;
}

/** A round's state, numbers, samples, curves and log. */
export function RoundView({ projectId, round, live, connection }: RoundViewProps) {
  const [chosenRun, setChosenRun] = useState<number | null>(null);
  const actions = useRoundActions(projectId, round.id);
  const steps = stepViews(round, live);
  const runId = chosenRun ?? defaultRunId(round);
  const { reward_model: reward, evaluation } = round.reports;
  const before = round.start_policy ? `policy ${round.start_policy.number}` : 'the policy before';
  const after = round.policy ? `policy ${round.policy.number}` : 'the candidate';
  const isWorking = isWorkingRound(round.status);
  const runPanel = runId !== null && (
    <RunPanel projectId={projectId} steps={steps} runId={runId} live={live} onSelectRun={setChosenRun} />
  );
  return (
    <>
      <PageHeader
        title={`Round ${round.number}`}
        description={<RoundLine round={round} connection={connection} />}
        actions={
          <RoundActions
            round={round}
            pending={actions.isPending ? actions.variables.kind : null}
            onAction={(action) => actions.mutate(action)}
          />
        }
      />
      <ProblemAlert error={actions.error} title="That could not be done" />
      <RoundNotice projectId={projectId} round={round} />
      <PausedRepeats round={round} shownRunId={runId} onSelectRun={setChosenRun} />
      <PageSection title="Steps">
        <RoundStepper steps={steps} selectedRunId={runId} onSelectRun={setChosenRun} />
        <StepProgress round={round} live={live} />
      </PageSection>
      {isWorking && runPanel}
      {reward && (
        <PageSection title="Reward model" description="Measured on preferences that it was not trained on.">
          <RewardPanel projectId={projectId} round={round} />
          {round.gates.reward_gate && <GatePanel title="Checks of the reward gate" gate={round.gates.reward_gate} />}
        </PageSection>
      )}
      {evaluation && (
        <PageSection title="Evaluation" description={`${capitalised(after)} against ${before} on the panel prompts.`}>
          <EvaluationPanel report={evaluation} panel={round.reports.panel} before={before} after={after} />
          {round.gates.policy_gate && <GatePanel title="Checks of the policy gate" gate={round.gates.policy_gate} />}
        </PageSection>
      )}
      {evaluation && (
        <PageSection title="Before and after" description="The same prompts, answered by both policies.">
          <SamplePairs
            samples={evaluation.samples}
            prompts={round.reports.prompts}
            before={capitalised(before)}
            after={capitalised(after)}
          />
        </PageSection>
      )}
      {!isWorking && runPanel}
    </>
  );
}

function RoundLine({ round, connection }: { round: Round; connection: StreamState }) {
  const { label, tone } = roundWords(round);
  const took = round.finished_at ? (Date.parse(round.finished_at) - Date.parse(round.created_at)) / 1000 : null;
  return (
    <>
      <StatusText tone={tone}>{label}</StatusText>
      {' · '}
      {triggerWords(round)} <RelativeTime at={round.created_at} />
      {took !== null && ` · took ${durationText(took)}`}
      {round.preferences !== null && ` · ${countText(round.preferences, 'preference')}`}
      {round.queued_comparisons > 0 && ` · ${countText(round.queued_comparisons, 'new pair')} queued`}
      {connection !== 'closed' && <> · {CONNECTION_WORDS[connection]}</>}
    </>
  );
}

const CONNECTION_WORDS: Record<Exclude<StreamState, 'closed'>, string> = {
  connecting: 'connecting…',
  live: 'live',
  polling: 'updated every 3 seconds',
};

function StepProgress({ round, live }: { round: Round; live: LiveRound }) {
  const step = round.steps.find(({ state }) => state === 'active');
  if (!step || pausedStep(round)) return null;
  const run = step.run_id === null ? undefined : live.runs[step.run_id];
  const progress = run?.progress ?? step.progress;
  return (
    <>
      <Text size="sm" c="dimmed" mt="sm">
        {STEP_MEANINGS[step.name]}
      </Text>
      {progress && (
        <ProgressLine label={progress.phase} step={progress.step} of={progress.of} etaSeconds={progress.eta_seconds} />
      )}
      {run?.secondsPerStep && (
        <Text size="xs" c="dimmed" className="tabular">
          {numberText(run.secondsPerStep)} s per step
        </Text>
      )}
    </>
  );
}
