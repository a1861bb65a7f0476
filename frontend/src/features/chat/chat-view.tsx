import { useRef } from 'react';
import type { Project } from '../../lib/api-types';
import { ChatBar } from './chat-bar';
import type { Chat } from './chat-queries';
import { chatState } from './chat-state';
import classes from './chat-view.module.css';
import { TurnView } from './turn-view';
import { useChatActs } from './use-chat-acts';
import { useJudging } from './use-judging';
import { useLiveTurn } from './use-live-turn';
import { useStickToEnd } from './use-stick-to-end';

interface ChatViewProps {
  project: Project;
  chat: Chat;
}

/** A conversation: write, watch two answers come, say which is better, write on. */
export function ChatView({ project, chat }: ChatViewProps) {
  const state = chatState(chat);
  const acts = useChatActs(project.id, chat.id);
  const judging = useJudging(project, chat, acts);
  useLiveTurn(project.id, chat.id, state.name === 'answering');
  const end = useRef<HTMLDivElement>(null);
  const last = chat.turns.at(-1);
  useStickToEnd(end, last?.partial.join('\n'), `${chat.id} ${chat.turns.length} ${state.name}`);
  return (
    <>
      <ol className={classes.turns} aria-label="Conversation">
        {chat.turns.map((turn) => (
          <TurnView
            key={turn.id}
            turn={turn}
            strengths={project.form.form.strengths}
            onRetry={turn === last && chat.ended_at === null ? () => acts.retry.mutate(turn.id) : null}
            isRetrying={acts.retry.isPending}
            onUncover={turn === last ? judging.uncover : null}
          />
        ))}
      </ol>
      <ChatBar state={state} acts={acts} judging={judging} />
      <div ref={end} />
    </>
  );
}
