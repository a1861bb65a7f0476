import { Button } from '@mantine/core';
import { useState } from 'react';
import { MarkdownText } from '../../components/markdown-text';
import { Notice } from '../../components/notice';
import { Answers } from './answers';
import type { ChatTurn } from './chat-queries';
import { isUnfinished } from './chat-state';
import { verdictSentence } from './chat-verdicts';
import classes from './turn-view.module.css';

interface TurnViewProps {
  turn: ChatTurn;
  strengths: number;
  /** Offered where this failed turn can be tried again. */
  onRetry: (() => void) | null;
  isRetrying: boolean;
  /** Given while the answers are covered. */
  onUncover: (() => void) | null;
}

/** One message and what became of its answers. */
export function TurnView({ turn, strengths, onRetry, isRetrying, onUncover }: TurnViewProps) {
  const isLeftBehind = turn.status === 'failed' || (turn.verdict !== null && turn.chosen === null);
  return (
    <li className={classes.turn}>
      <section
        className={classes.said}
        aria-label={`Message ${turn.number}`}
        data-left-behind={isLeftBehind || undefined}
      >
        <p className={classes.text} dir="auto">
          {turn.text}
        </p>
      </section>
      {(turn.left_out > 0 || turn.cut) && <p className={classes.note}>{memoryNote(turn)}</p>}
      <Outcome turn={turn} strengths={strengths} onUncover={onUncover} />
      {turn.waiting && (
        <Notice tone="warn" title="The answers have not begun" role="status">
          {turn.waiting}
        </Notice>
      )}
      {turn.status === 'failed' && (
        <Notice tone="bad" title="This message was not answered" role="alert">
          {turn.failure}
          {onRetry && (
            <div className={classes.act}>
              <Button size="xs" variant="default" onClick={onRetry} loading={isRetrying}>
                Try again
              </Button>
            </div>
          )}
        </Notice>
      )}
    </li>
  );
}

function Outcome({ turn, strengths, onUncover }: Pick<TurnViewProps, 'turn' | 'strengths' | 'onUncover'>) {
  if (turn.status === 'failed') return null;
  const isWriting = isUnfinished(turn);
  if (isWriting || turn.assignment) {
    return <Answers texts={turn.partial} number={turn.number} isWriting={isWriting} onUncover={onUncover} />;
  }
  return <Settled turn={turn} strengths={strengths} />;
}

/** After the verdict: the answer that goes on, and both again where one wants to look. */
function Settled({ turn, strengths }: { turn: ChatTurn; strengths: number }) {
  const [opened, setOpened] = useState(false);
  const words = turn.verdict ? verdictSentence(turn.verdict, strengths) : turn.failure;
  return (
    <>
      {opened && turn.verdict ? (
        <Answers texts={turn.partial} number={turn.number} isWriting={false} />
      ) : (
        turn.chosen !== null && (
          <section className={classes.chosen} aria-label={`Answer to message ${turn.number}`}>
            {turn.chosen.trim() === '' ? (
              <p className={classes.note}>This answer is empty.</p>
            ) : (
              <MarkdownText text={turn.chosen} />
            )}
          </section>
        )
      )}
      <p className={classes.note}>
        {words}
        {turn.verdict && (
          <button type="button" className={classes.fold} aria-expanded={opened} onClick={() => setOpened(!opened)}>
            {opened ? 'Fold' : 'Show both answers'}
          </button>
        )}
      </p>
    </>
  );
}

function memoryNote({ left_out, cut }: ChatTurn): string {
  if (cut) return 'This message is longer than what the policy can read: it saw only the end of it.';
  const messages = left_out === 1 ? 'the first message' : `the first ${left_out} messages`;
  return `This conversation is longer than what the policy can read: it did not see ${messages}.`;
}
