import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { useEffect, useRef } from 'react';
import { EmptyState } from '../../components/empty-state';
import { ProblemAlert } from '../../components/problem-alert';
import type { Project } from '../../lib/api-types';
import classes from './chat-bar.module.css';
import { beginChat, chatListQuery } from './chat-queries';
import { Composer } from './composer';

interface NewChatProps {
  project: Project;
  /** Why no chat can be begun; empty when one can. */
  closed: string;
}

/** Before the first message: nothing is stored until it is sent. */
export function NewChat({ project, closed }: NewChatProps) {
  const queryClient = useQueryClient();
  const navigate = useNavigate();
  const field = useRef<HTMLTextAreaElement>(null);
  const begin = useMutation({
    mutationFn: (text: string) => beginChat(project.id, text),
    onSuccess: (chat) =>
      navigate({ to: '/projects/$id/chat', params: { id: String(project.id) }, search: { chat }, replace: true }),
    onSettled: () => queryClient.invalidateQueries({ queryKey: chatListQuery(project.id).queryKey }),
  });
  useEffect(() => {
    // On a phone the keyboard would cover the page.
    if (window.matchMedia('(pointer: fine)').matches) field.current?.focus({ preventScroll: true });
  }, []);
  if (closed) return <EmptyState title="There is nobody to talk to now">{closed}</EmptyState>;
  return (
    <>
      <EmptyState title={`Talk to policy ${project.active_policy?.number ?? 0}`}>
        Write a message. Two answers come back; the one you prefer goes on, and every choice is a preference that the
        next round learns from.
      </EmptyState>
      <div className={classes.bar}>
        <ProblemAlert error={begin.error} title="The chat could not be begun" />
        <Composer field={field} isSending={begin.isPending} onSend={begin.mutateAsync} />
      </div>
    </>
  );
}
