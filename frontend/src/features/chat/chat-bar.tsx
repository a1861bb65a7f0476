import { VisuallyHidden } from '@mantine/core';
import { type RefObject, useEffect, useRef } from 'react';
import { Notice } from '../../components/notice';
import { ProblemAlert } from '../../components/problem-alert';
import classes from './chat-bar.module.css';
import type { ChatTurn } from './chat-queries';
import type { ChatState } from './chat-state';
import { Composer } from './composer';
import type { ChatActs } from './use-chat-acts';
import type { Judging } from './use-judging';
import { UndoVerdict, VerdictRow } from './verdict-row';

interface ChatBarProps {
  state: ChatState;
  acts: ChatActs;
  judging: Judging;
}

/** What can be done now, at the end of the page: judge, write, or wait. */
export function ChatBar({ state, acts, judging }: ChatBarProps) {
  const field = useRef<HTMLTextAreaElement>(null);
  const verdicts = useRef<HTMLDivElement>(null);
  useFocus(state.name, field, verdicts);
  const isSending = acts.judge.isPending || judging.uncover !== null;
  return (
    <div className={classes.bar}>
      <VisuallyHidden role="status">{STATUS[state.name]}</VisuallyHidden>
      <ProblemAlert error={acts.judge.error} title="The verdict was not taken" />
      <ProblemAlert error={acts.undo.error} title="The verdict could not be taken back" />
      <ProblemAlert error={acts.retry.error} title="This could not be tried again" />
      <ProblemAlert error={acts.write.error} title="The message was not taken" />
      {state.name === 'judging' && (
        <section ref={verdicts} tabIndex={-1} className={classes.verdicts} aria-label="Verdict">
          <VerdictRow choices={judging.choices} isSending={isSending} onChoose={judging.choose} />
        </section>
      )}
      {judging.undo && <UndoVerdict onUndo={judging.undo} isSending={acts.undo.isPending} />}
      {state.name === 'answering' && <p className={classes.status}>{progressWords(state.turn)}</p>}
      {state.name === 'closed' && (
        <Notice tone="neutral" title="Nothing more can be written here">
          {state.reason}
        </Notice>
      )}
      {state.name === 'writing' && (
        <Composer field={field} isSending={acts.write.isPending} onSend={acts.write.mutateAsync} />
      )}
    </div>
  );
}

function progressWords({ status, partial }: ChatTurn): string {
  if (status === 'queued') return 'Your message waits for a worker …';
  return partial.some((text) => text !== '') ? 'Two answers are being written …' : 'The policy is getting ready …';
}

/** Said to screen readers when it changes. */
const STATUS: Record<ChatState['name'], string> = {
  answering: 'Two answers are being written.',
  judging: 'Both answers are there. Say which is better.',
  writing: 'Write the next message.',
  closed: 'Nothing more can be written in this chat.',
};

/** The focus goes where the next key belongs: to the verdict's buttons, then to the message. */
function useFocus(
  name: ChatState['name'],
  field: RefObject<HTMLElement | null>,
  verdicts: RefObject<HTMLElement | null>,
): void {
  const before = useRef(name);
  useEffect(() => {
    if (before.current === name) return;
    before.current = name;
    if (name === 'judging') verdicts.current?.focus({ preventScroll: true });
    if (name === 'writing') field.current?.focus({ preventScroll: true });
  }, [name, field, verdicts]);
}
