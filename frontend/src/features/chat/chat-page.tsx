import { VisuallyHidden } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useSearch } from '@tanstack/react-router';
import { projectQuery } from '../../api/project-queries';
import { Page } from '../../components/page';
import { QueryView } from '../../components/query-view';
import { useNumberParam } from '../../lib/route-params';
import { ChatNav } from './chat-nav';
import classes from './chat-page.module.css';
import { chatListQuery } from './chat-queries';
import { NewChat } from './new-chat';
import { OpenChat } from './open-chat';

/** Talk to the policy: the address names the chat; without one it is the newest that goes on, or a new one. */
export default function ChatPage() {
  const projectId = useNumberParam('id');
  const { chat: wanted } = useSearch({ strict: false });
  const project = useQuery(projectQuery(projectId));
  const chats = useQuery(chatListQuery(projectId));
  return (
    <Page title="Chat" width="full">
      <VisuallyHidden component="h1">Chat</VisuallyHidden>
      <QueryView query={project} what="project">
        {(loaded) => (
          <QueryView query={chats} what="chats">
            {({ results, reason }) => {
              const current = chatAt(wanted, results);
              return (
                <div className={classes.page}>
                  {results.length > 0 && <ChatNav projectId={projectId} chats={results} current={current} />}
                  <div className={classes.column}>
                    {current === null ? (
                      <NewChat project={loaded} closed={reason} />
                    ) : (
                      <OpenChat key={current} project={loaded} chatId={current} />
                    )}
                  </div>
                </div>
              );
            }}
          </QueryView>
        )}
      </QueryView>
    </Page>
  );
}

/** The id of the chat to show; null for a new one. */
function chatAt(wanted: unknown, chats: readonly { id: number; ended_at: string | null }[]): number | null {
  if (typeof wanted === 'number') return wanted;
  if (wanted === 'new') return null;
  return chats.find(({ ended_at }) => ended_at === null)?.id ?? null;
}
