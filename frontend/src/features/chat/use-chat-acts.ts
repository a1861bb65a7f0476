import { useMutation, useQueryClient } from '@tanstack/react-query';
import { answer, api } from '../../api/client';
import { projectKey } from '../../api/project-queries';
import { randomId } from '../../lib/random-id';
import { type Chat, type ChatTurn, chatListQuery, chatQuery, endChat, retryTurn, writeTurn } from './chat-queries';
import { withTurn } from './chat-state';
import type { ChatVerdict } from './chat-verdicts';

interface Judgement {
  assignmentId: number;
  verdict: ChatVerdict;
  activeMs: number;
}

/** What a labeler does in a chat. After each act, and after each failure, the chat is read again: rows are the truth. */
export function useChatActs(projectId: number, chatId: number) {
  const queryClient = useQueryClient();
  const { queryKey } = chatQuery(projectId, chatId);
  const refresh = () => queryClient.invalidateQueries({ queryKey });
  const params = { path: { project_id: projectId } };

  const keep = (turn: ChatTurn) => {
    queryClient.setQueryData(queryKey, (chat: Chat | undefined) => chat && withTurn(chat, turn));
    void queryClient.invalidateQueries({ queryKey: chatListQuery(projectId).queryKey });
  };
  const write = useMutation({
    mutationFn: (text: string) => writeTurn(projectId, chatId, text),
    onSuccess: keep,
    onError: refresh,
  });
  const retry = useMutation({
    mutationFn: (turnId: number) => retryTurn(projectId, chatId, turnId),
    onSuccess: keep,
    onError: refresh,
  });
  const judge = useMutation({
    mutationFn: ({ assignmentId, verdict, activeMs }: Judgement) =>
      answer(
        api.POST('/api/projects/{project_id}/verdicts/', {
          params,
          body: {
            client_id: randomId(),
            assignment_id: assignmentId,
            active_ms: activeMs,
            ...verdict,
            ranking: null,
            rationale: '',
          },
        }),
      ),
    onSettled: refresh,
  });
  const undo = useMutation({
    mutationFn: ({ assignment_id, client_id }: NonNullable<ChatTurn['verdict']>) =>
      answer(api.POST('/api/projects/{project_id}/undo/', { params, body: { assignment_id, client_id } })),
    onSettled: refresh,
  });
  const end = useMutation({
    mutationFn: () => endChat(projectId, chatId),
    onSettled: () => queryClient.invalidateQueries({ queryKey: projectKey(projectId) }),
  });
  return { write, retry, judge, undo, end };
}

export type ChatActs = ReturnType<typeof useChatActs>;
