import { Button } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { answer, api } from '../../api/client';
import { projectQuery } from '../../api/project-queries';
import { ProblemAlert } from '../../components/problem-alert';
import { randomId } from '../../lib/random-id';
import { type HistoryEntry, verdictOf } from './history-entry';
import classes from './history-page.module.css';
import { historyQuery } from './history-queries';
import type { Verdict } from './label-state';
import { meQuery } from './me-query';
import { questionForm } from './question-form';
import { verdictBody } from './verdict-body';
import { sameAnswer, verdictChoices } from './verdict-keys';

/** Another verdict on a comparison judged before: the old one is undone, then the new one is given. */
export function ReviseVerdict({ row, projectId }: { row: HistoryEntry; projectId: number }) {
  const [revising, setRevising] = useState(false);
  const project = useQuery(projectQuery(projectId));
  const queryClient = useQueryClient();
  const revise = useMutation({
    mutationFn: async (verdict: Verdict) => {
      const params = { path: { project_id: projectId } };
      const undone = await answer(
        api.POST('/api/projects/{project_id}/undo/', {
          params,
          body: { assignment_id: row.assignment_id, client_id: null },
        }),
      );
      const body = verdictBody(verdict, { assignmentId: undone.assignment.id, clientId: randomId(), activeMs: 0 });
      await api.POST('/api/projects/{project_id}/verdicts/', { params, body });
    },
    onSuccess: () => setRevising(false),
    // When only the undo went through, the comparison comes back on the labeling page; the list shows which.
    onSettled: () =>
      Promise.all([
        queryClient.invalidateQueries({ queryKey: historyQuery(projectId).queryKey }),
        queryClient.invalidateQueries({ queryKey: meQuery(projectId).queryKey }),
      ]),
  });
  if (!revising || !project.data) {
    return (
      <Button size="xs" variant="default" onClick={() => setRevising(true)}>
        Revise
      </Button>
    );
  }
  const given = verdictOf(row);
  return (
    <>
      <ProblemAlert error={revise.error} title="The verdict was not revised" />
      {/* biome-ignore lint/a11y/useSemanticElements: a fieldset does not wrap its content as a flex container */}
      <div className={classes.answers} role="group" aria-label="New verdict">
        {verdictChoices(questionForm(project.data.settings)).map(({ answer: choice, announcement, key }) => (
          <Button
            key={key}
            size="xs"
            variant={sameAnswer(choice, given) ? 'light' : 'default'}
            aria-pressed={sameAnswer(choice, given)}
            disabled={revise.isPending}
            onClick={() => choice.kind !== 'skip' && revise.mutate(choice)}
          >
            {announcement}
          </Button>
        ))}
        <Button size="xs" variant="subtle" color="gray" onClick={() => setRevising(false)}>
          Cancel
        </Button>
      </div>
    </>
  );
}
