import { Button } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { Notice } from '../../components/notice';
import { ProblemAlert } from '../../components/problem-alert';
import { QueryView } from '../../components/query-view';
import type { Project } from '../../lib/api-types';
import classes from './chat-page.module.css';
import { type Chat, chatQuery } from './chat-queries';
import { ChatView } from './chat-view';
import { useChatActs } from './use-chat-acts';

/** One of one's own chats. */
export function OpenChat({ project, chatId }: { project: Project; chatId: number }) {
  const query = useQuery(chatQuery(project.id, chatId));
  return (
    <QueryView query={query} what="chat">
      {(chat) => (
        <>
          <ChatHeader project={project} chat={chat} />
          <ChatView project={project} chat={chat} />
        </>
      )}
    </QueryView>
  );
}

function ChatHeader({ project, chat }: { project: Project; chat: Chat }) {
  const { end } = useChatActs(project.id, chat.id);
  const current = project.active_policy?.number;
  const isOlder = current !== undefined && current !== chat.policy_number;
  return (
    <>
      <header className={classes.about}>
        <span>
          With policy {chat.policy_number}
          {isOlder && ` (policy ${current} is in use now; a new chat talks to it)`}
        </span>
        {chat.ended_at === null && chat.turns.length > 0 && (
          <Button variant="subtle" size="compact-sm" color="gray" onClick={() => end.mutate()} loading={end.isPending}>
            End this chat
          </Button>
        )}
      </header>
      {project.settings.labeling.content_warning && (
        <Notice tone="warn" title="This project can hold texts that distress">
          {project.settings.labeling.content_warning}
        </Notice>
      )}
      <ProblemAlert error={end.error} title="The chat could not be ended" />
    </>
  );
}
