import { Button } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { projectQuery } from '../../api/project-queries';
import { ButtonLink } from '../../components/button-link';
import { EmptyState } from '../../components/empty-state';
import { CheckCircleIcon, CloudOffIcon, InboxIcon, LoopIcon } from '../../components/icons';
import { LoadingState } from '../../components/loading-state';
import { Page } from '../../components/page';
import { CurrentRound } from './current-round';
import type { LabelEngine } from './label-engine';
import { unsentCount } from './label-selectors';
import type { LabelState } from './label-state';
import { meQuery } from './me-query';

interface EmptyQueueProps {
  state: LabelState;
  projectId: number;
  engine: LabelEngine;
  onUndo: () => void;
}

/** Nothing to judge: why, and what happens next. New comparisons appear here by themselves. */
export function EmptyQueue({ state, projectId, engine, onUndo }: EmptyQueueProps) {
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
  if (state.reason === null) {
    return (
      <Page title="Label">
        <LoadingState label="Fetching comparisons" rows={8} />
      </Page>
    );
  }
  return <Reason reason={state.reason} projectId={projectId} actions={actions} />;
}

interface ReasonProps {
  reason: NonNullable<LabelState['reason']>;
  projectId: number;
  actions: ReactNode;
}

function Reason({ reason, projectId, actions }: ReasonProps) {
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
