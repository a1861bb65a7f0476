import { useQueryClient } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import { listenToStream, type StreamMessage, type StreamState } from '../../lib/event-stream';
import { type Chat, type ChatTurn, chatQuery } from './chat-queries';
import { withTurn } from './chat-state';

const POLL_MS = 1000;

/**
 * Follows the chat's last turn while it is being answered: the stream's turns replace the cached one, and the chat is
 * read again when the stream ends. Without a stream it is polled.
 */
export function useLiveTurn(projectId: number, chatId: number, isFollowing: boolean): StreamState {
  const queryClient = useQueryClient();
  const [connection, setConnection] = useState<StreamState>('closed');

  useEffect(() => {
    if (!isFollowing) return;
    const { queryKey } = chatQuery(projectId, chatId);
    let stop = () => {};
    const onMessage = ({ event, data }: StreamMessage) => {
      if (event === 'end') {
        stop();
        void queryClient.invalidateQueries({ queryKey });
        return;
      }
      const { turn } = data as { turn: ChatTurn };
      queryClient.setQueryData(queryKey, (chat: Chat | undefined) => chat && withTurn(chat, turn));
    };
    const url = `/api/projects/${projectId}/chats/${chatId}/stream/`;
    stop = listenToStream({ url, events: ['turn', 'end'], onMessage, onState: setConnection });
    return () => stop();
  }, [projectId, chatId, isFollowing, queryClient]);

  useEffect(() => {
    if (connection !== 'polling' || !isFollowing) return;
    const { queryKey } = chatQuery(projectId, chatId);
    const timer = setInterval(() => void queryClient.invalidateQueries({ queryKey }), POLL_MS);
    return () => clearInterval(timer);
  }, [connection, isFollowing, projectId, chatId, queryClient]);

  return connection;
}
