import { Link, useLocation } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { CloseIcon, CloudOffIcon } from '../../components/icons';
import plain from '../../components/plain-button.module.css';
import classes from './desk-notices.module.css';
import type { LabelEngine } from './label-engine';
import { unsentCount } from './label-selectors';
import type { LabelState } from './label-state';

interface DeskNoticesProps {
  state: LabelState;
  engine: LabelEngine;
}

/** What happened that a labeler should know, in one line each; none of it stops the labeling. */
export function DeskNotices({ state, engine }: DeskNoticesProps) {
  const { notices, sendProblem, blocked } = state;
  if (!sendProblem && notices.length === 0) return null;
  return (
    <div className={classes.notices}>
      {sendProblem && (
        <Line
          icon={<CloudOffIcon />}
          action={
            blocked && sendProblem.status === 401 ? (
              <LogInButton />
            ) : (
              <button type="button" className={plain.button} data-size="compact" onClick={() => engine.wake()}>
                Try now
              </button>
            )
          }
        >
          {waitingText(unsentCount(state), state.outbox.length)} {reasonText(state)}
        </Line>
      )}
      {notices.map(({ id, text }) => (
        <Line
          key={id}
          action={
            <button
              type="button"
              className={classes.close}
              aria-label="Dismiss this notice"
              onClick={() => engine.readNotice(id)}
            >
              <CloseIcon />
            </button>
          }
        >
          {text}
        </Line>
      ))}
    </div>
  );
}

function LogInButton() {
  const location = useLocation();
  return (
    <Link className={plain.button} data-size="compact" to="/login" search={{ next: location.href }}>
      Log in
    </Link>
  );
}

function Line({ icon, action, children }: { icon?: ReactNode; action: ReactNode; children: ReactNode }) {
  return (
    <div className={classes.line} role="status">
      {icon}
      <span className={classes.text}>{children}</span>
      {action}
    </div>
  );
}

function waitingText(unsent: number, operations: number): string {
  if (unsent === 0) return operations > 0 ? 'An undo is waiting to be sent.' : '';
  return unsent === 1 ? '1 verdict is waiting to be sent.' : `${unsent} verdicts are waiting to be sent.`;
}

function reasonText({ sendProblem, blocked }: LabelState): string {
  if (!sendProblem) return '';
  if (!blocked) return 'Kept on this device and sent as soon as the site answers; you can go on.';
  if (sendProblem.status === 401) return 'You are logged out. Kept on this device until you log in again.';
  return `Kept on this device. The site says: ${sendProblem.message}`;
}
