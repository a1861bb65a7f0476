import { VisuallyHidden } from '@mantine/core';
import { type RefObject, useEffect, useRef } from 'react';
import { Notice } from '../../components/notice';
import { ProblemAlert } from '../../components/problem-alert';
import type { Project } from '../../lib/api-types';
import type { Chat, ChatTurn } from './chat-queries';
import { type ChatState, chatState, lastVerdict } from './chat-state';
import { type VerdictChoice, verdictChoices } from './chat-verdicts';
import classes from './chat-view.module.css';
import { Composer } from './composer';
import { TurnView } from './turn-view';
import { useActiveMs } from './use-active-ms';
import { useChatActs } from './use-chat-acts';
import { useLiveTurn } from './use-live-turn';
import { useStickToEnd } from './use-stick-to-end';
import { useVerdictKeys } from './use-verdict-keys';
import { UndoVerdict, VerdictRow } from './verdict-row';

interface ChatViewProps {
  project: Project;
  chat: Chat;
}

/** A conversation: write, watch two answers come, say which is better, write on. */
export function ChatView({ project, chat }: ChatViewProps) {
  const state = chatState(chat);
  const { form } = project.form;
  const acts = useChatActs(project.id, chat.id);
  useLiveTurn(project.id, chat.id, state.name === 'answering');
  const field = useRef<HTMLTextAreaElement>(null);
  const end = useRef<HTMLDivElement>(null);
  const verdicts = useRef<HTMLDivElement>(null);
  const judged = state.name === 'judging' ? state.turn : null;
  const activeMs = useActiveMs(judged?.id ?? null);
  const last = chat.turns.at(-1);
  useStickToEnd(end, last?.partial.join('\n'), `${chat.id} ${chat.turns.length} ${state.name}`);
  useFocus(state.name, field, verdicts);

  const choices = verdictChoices(form);
  const choose = ({ verdict }: VerdictChoice) => {
    if (!judged?.assignment || acts.judge.isPending) return;
    acts.judge.mutate({ assignmentId: judged.assignment.id, verdict, activeMs: activeMs() });
  };
  const undoable = state.name === 'answering' ? null : lastVerdict(chat);
  const undo = () => undoable && !acts.undo.isPending && acts.undo.mutate(undoable);
  useVerdictKeys((key) => {
    const choice = judged ? choices.find(({ keys }) => keys.includes(key)) : undefined;
    if (choice) choose(choice);
    else if (key === 'Z' && undoable) undo();
    else return false;
    return true;
  });

  return (
    <>
      <ol className={classes.turns} aria-label="Conversation">
        {chat.turns.map((turn) => (
          <TurnView
            key={turn.id}
            turn={turn}
            strengths={form.strengths}
            onRetry={turn === last && chat.ended_at === null ? () => acts.retry.mutate(turn.id) : null}
            isRetrying={acts.retry.isPending}
          />
        ))}
      </ol>
      <div className={classes.bar}>
        <VisuallyHidden role="status">{STATUS[state.name]}</VisuallyHidden>
        <ProblemAlert error={acts.judge.error} title="The verdict was not taken" />
        <ProblemAlert error={acts.undo.error} title="The verdict could not be taken back" />
        <ProblemAlert error={acts.retry.error} title="This could not be tried again" />
        <ProblemAlert error={acts.write.error} title="The message was not taken" />
        {judged && (
          <section ref={verdicts} tabIndex={-1} className={classes.verdicts} aria-label="Verdict">
            <VerdictRow choices={choices} isSending={acts.judge.isPending} onChoose={choose} />
          </section>
        )}
        {undoable && <UndoVerdict onUndo={undo} isSending={acts.undo.isPending} />}
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
      <div ref={end} />
    </>
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
