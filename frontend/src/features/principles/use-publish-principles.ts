import { notifications } from '@mantine/notifications';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { answer, api } from '../../api/client';
import { Problem } from '../../api/problem';
import { projectKey } from '../../api/project-queries';
import type { Principle } from '../../lib/api-types';
import { problemsFrom } from './principle-draft';

/** Publishes a list with the note of why; what the server finds wrong goes to `onProblems`. */
export function usePublishPrinciples(projectId: number, onProblems: (problems: Record<string, string>) => void) {
  const queryClient = useQueryClient();
  return useMutation({
    mutationFn: ({ principles, note }: { principles: Principle[]; note: string }) =>
      answer(
        api.POST('/api/projects/{project_id}/principles/', {
          params: { path: { project_id: projectId } },
          body: { principles, note },
        }),
      ),
    onSuccess: ({ number }) => {
      notifications.show({
        title: 'Published',
        message: `Version ${number} of the principles is in force from the next round on.`,
      });
      return queryClient.invalidateQueries({ queryKey: projectKey(projectId) });
    },
    onError: (error) => {
      if (error instanceof Problem) onProblems(problemsFrom(error.fields));
    },
  });
}
