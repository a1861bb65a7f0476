import { Button } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { projectQuery } from '../../api/project-queries';
import { ButtonLink } from '../../components/button-link';
import { EmptyState } from '../../components/empty-state';
import { BookIcon, CheckCircleIcon, CloudOffIcon, InboxIcon, LoopIcon, PauseIcon } from '../../components/icons';
import { CurrentRound } from './current-round';
import type { LabelEngine } from './label-engine';
import { unsentCount } from './label-selectors';
import type { LabelState, WarmUp } from './label-state';
import { meQuery } from './me-query';

interface EmptyQueueProps {
  state: LabelState;
  projectId: number;
  engine: LabelEngine;
  onUndo: () => void;
}

/** Nothing to judge: why, and what happens next. New comparisons appear here by themselves. */
export default function EmptyQueue({ state, projectId, engine, onUndo }: EmptyQueueProps) {
  const actions = (
    <>
      {state.past.length > 0 && (
        <Button variant="subtle" onClick={onUndo}>
          Undo the last verdict
        </Button>
      )}
      <Button variant="default" onClick={() => engine.wake()} loading={state.claiming && state.reason !== null}>
        Look again
      </Button>
    </>
  );
  const unreachable = state.claimProblem ?? state.sendProblem;
  if (unreachable) {
    return (
      <EmptyState title="No more comparisons on this device" icon={<CloudOffIcon />} actions={actions}>
        {unreachable.message} {unsentCount(state) > 0 && 'Your verdicts are kept here until they can be sent.'}
      </EmptyState>
    );
  }
  return (
    state.reason && <Reason reason={state.reason} text={state.reasonText} projectId={projectId} actions={actions} />
  );
}

interface ReasonProps {
  reason: NonNullable<LabelState['reason']>;
  /** What the site adds to it. */
  text: string;
  projectId: number;
  actions: ReactNode;
}

function Reason({ reason, text, projectId, actions }: ReasonProps) {
  const project = useQuery(projectQuery(projectId));
  const me = useQuery(meQuery(projectId));
  const isAdmin = project.data?.role === 'admin';
  const done = me.data?.done_total
    ? `You have given ${me.data.done_total.toLocaleString('en')} verdicts in this project. `
    : '';
  switch (reason) {
    case 'archived':
      return (
        <EmptyState title="This project is archived" icon={<InboxIcon />}>
          No more verdicts are taken. What was given is kept.
        </EmptyState>
      );
    case 'paused':
      return (
        <EmptyState title="An admin has paused you" icon={<PauseIcon />} actions={actions}>
          {text ? `Their reason: ${text} ` : ''}
          {done}They stay as they are. Talk to an admin of the project; when you are let on, pairs appear here by
          themselves.
        </EmptyState>
      );
    case 'daily-cap':
      return (
        <EmptyState title="That is all for today" icon={<CheckCircleIcon />} actions={actions}>
          You have given {me.data?.daily ? `all ${me.data.daily.cap.toLocaleString('en')}` : 'the most'} verdicts that
          this project takes from one person in a day. It goes on at midnight UTC.
        </EmptyState>
      );
    case 'project-cap':
      return (
        <EmptyState title="The project has enough for today" icon={<CheckCircleIcon />} actions={actions}>
          {done}Together you have given the most verdicts that this project takes in a day. It goes on at midnight UTC.
        </EmptyState>
      );
    case 'warm-up-failed':
      return <WarmUpFailed warmUp={me.data?.warm_up ?? null} actions={actions} />;
    case 'sampling':
      return (
        <EmptyState title="A round is under way" icon={<LoopIcon />} actions={actions}>
          {done}The model is learning from the verdicts given so far; then it writes the next pairs. They appear here by
          themselves.
          <CurrentRound projectId={projectId} />
        </EmptyState>
      );
    case 'all-done-by-you':
      return (
        <EmptyState title="All done by you" icon={<CheckCircleIcon />} actions={actions}>
          {done}What is left is with other labelers. When they have finished and the next round ends, new pairs appear
          here by themselves.
        </EmptyState>
      );
    case 'empty':
      return (
        <EmptyState
          title="The queue is empty"
          icon={<InboxIcon />}
          actions={
            <>
              {actions}
              {isAdmin && (
                <ButtonLink to="/projects/$id/rounds" params={{ id: String(projectId) }}>
                  Go to rounds
                </ButtonLink>
              )}
            </>
          }
        >
          {done}
          {isAdmin
            ? 'Start a round: it trains the reward model and the policy on the verdicts, and queues pairs of the new policy.'
            : 'The next round trains the model on the verdicts and brings new pairs; an admin starts it. They appear here by themselves.'}
        </EmptyState>
      );
  }
}

function WarmUpFailed({ warmUp, actions }: { warmUp: WarmUp | null; actions: ReactNode }) {
  return (
    <EmptyState title="The warm-up did not go well enough" icon={<BookIcon />} actions={actions}>
      {warmUp && `${warmUp.correct} of ${warmUp.done} known pairs were judged as expected. `}
      Read the guidelines (G) again and talk to an admin of the project: they can let you try once more. Nothing that
      you did counts against anybody’s model.
    </EmptyState>
  );
}
