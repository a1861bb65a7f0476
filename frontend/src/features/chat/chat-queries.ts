import { queryOptions } from '@tanstack/react-query';
import { answer, api } from '../../api/client';
import { projectKey } from '../../api/project-queries';
import type { components } from '../../api/schema';

type Schemas = components['schemas'];
export type Chat = Schemas['ChatOut'];
export type ChatRow = Schemas['ChatRow'];
export type ChatTurn = Schemas['ChatTurnOut'];

/** One's own chats; a hundred of them reach further back than anybody looks. */
export function chatListQuery(projectId: number) {
  return queryOptions({
    queryKey: [...projectKey(projectId), 'chats'],
    queryFn: ({ signal }) =>
      answer(
        api.GET('/api/projects/{project_id}/chats/', {
          params: { path: { project_id: projectId }, query: { limit: 100 } },
          signal,
        }),
      ),
  });
}

export function chatQuery(projectId: number, chatId: number) {
  return queryOptions({
    queryKey: [...projectKey(projectId), 'chat', chatId],
    queryFn: ({ signal }) =>
      answer(
        api.GET('/api/projects/{project_id}/chats/{chat_id}/', {
          params: { path: { project_id: projectId, chat_id: chatId } },
          signal,
        }),
      ),
  });
}

/** Begins a chat with its first message. */
export async function beginChat(projectId: number, text: string): Promise<number> {
  const chat = await answer(
    api.POST('/api/projects/{project_id}/chats/', { params: { path: { project_id: projectId } } }),
  );
  await writeTurn(projectId, chat.id, text);
  return chat.id;
}

export function writeTurn(projectId: number, chatId: number, text: string): Promise<ChatTurn> {
  const params = { path: { project_id: projectId, chat_id: chatId } };
  return answer(api.POST('/api/projects/{project_id}/chats/{chat_id}/turns/', { params, body: { text } }));
}

export function retryTurn(projectId: number, chatId: number, turnId: number): Promise<ChatTurn> {
  const params = { path: { project_id: projectId, chat_id: chatId, turn_id: turnId } };
  return answer(api.POST('/api/projects/{project_id}/chats/{chat_id}/turns/{turn_id}/retry/', { params }));
}

export function endChat(projectId: number, chatId: number): Promise<Chat> {
  const params = { path: { project_id: projectId, chat_id: chatId } };
  return answer(api.POST('/api/projects/{project_id}/chats/{chat_id}/end/', { params }));
}
