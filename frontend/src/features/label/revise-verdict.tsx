import { Button } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useRef, useState } from 'react';
import { answer, api } from '../../api/client';
import { ProblemAlert } from '../../components/problem-alert';
import { randomId } from '../../lib/random-id';
import { focusPart } from './focus-part';
import { draftOfEntry, type HistoryEntry } from './history-entry';
import classes from './history-page.module.css';
import { historyQuery } from './history-queries';
import { keyMapOf, STANDARD } from './key-map';
import { pairOf } from './label-api';
import type { Draft, Pair, QuestionForm, Verdict } from './label-state';
import { meQuery } from './me-query';
import { missingParts, missingText } from './missing-parts';
import PairQuestions from './pair-questions';
import { PairView, type Tool } from './pair-view';
import RankControls from './rank-controls';
import { placed, rankVerdict } from './ranking';
import { moveBetween, movedAnswer, movedDetails } from './shown-order';
import { useDeskView } from './use-desk-view';
import { verdictBody } from './verdict-body';
import { sameAnswer, verdictChoices } from './verdict-keys';

interface ReviseVerdictProps {
  row: HistoryEntry;
  projectId: number;
  form: QuestionForm;
  onDone: () => void;
}

/** Another verdict on a comparison judged before, with all its details: the old one is undone, then the new one given. */
export function ReviseVerdict({ row, projectId, form, onDone }: ReviseVerdictProps) {
  const [draft, setDraft] = useState<Draft>(() => draftOfEntry(row));
  const [tool, setTool] = useState<Tool | null>(null);
  const root = useRef<HTMLDivElement>(null);
  const view = useDeskView();
  const revise = useRevision(row, projectId, onDone);
  const pair: Pair = {
    id: row.assignment_id,
    prompt: row.prompt,
    completions: row.completions.map(({ text }) => text),
  };
  const count = pair.completions.length;
  const question = { form, ranked: count > 2 ? count : 0 };
  const verdict = count > 2 ? (rankVerdict(draft.places, count) ?? draft.verdict) : draft.verdict;
  const missing = missingParts(form, verdict, draft.details);
  const save = () => verdict && missing.length === 0 && revise.mutate({ verdict, draft });
  return (
    <div ref={root} className={classes.revision}>
      <PairView
        ready={[pair]}
        last={null}
        view={{ ...view, layout: view.layout === 'single' ? 'columns' : view.layout, together: false }}
        form={form}
        draft={draft}
        onDraft={setDraft}
        tool={tool}
        onTool={(opened, part) => {
          setTool(opened);
          if (part) focusPart(root.current, part);
        }}
        covered={false}
        onUncover={() => undefined}
        headerOf={
          count > 2
            ? (index) => (
                <RankControls
                  index={index}
                  count={count}
                  places={draft.places}
                  onPlaces={(places) => setDraft({ ...draft, places })}
                  onPlace={(one) => setDraft({ ...draft, places: placed(draft.places, one, false) })}
                />
              )
            : undefined
        }
      >
        {(form.rationale !== 'off' || (form.aspects.length > 0 && count === 2)) && (
          <PairQuestions
            form={form}
            details={draft.details}
            keys={keyMapOf(question, STANDARD)}
            withRationale={form.rationale !== 'off'}
            onChange={(details) => setDraft({ ...draft, details })}
            onAnswered={() => undefined}
          />
        )}
      </PairView>
      <ProblemAlert error={revise.error} title="The verdict was not revised" />
      {/* biome-ignore lint/a11y/useSemanticElements: a fieldset does not wrap its content as a flex container */}
      <div className={classes.answers} role="group" aria-label="New verdict">
        {count === 2 &&
          verdictChoices(form).map(({ answer: choice, announcement, command }) => (
            <Button
              key={command}
              size="xs"
              variant={verdict && sameAnswer(choice, verdict) ? 'light' : 'default'}
              aria-pressed={verdict !== null && sameAnswer(choice, verdict)}
              disabled={revise.isPending}
              onClick={() => setDraft({ ...draft, verdict: choice })}
            >
              {announcement}
            </Button>
          ))}
        <Button size="xs" onClick={save} loading={revise.isPending} disabled={missing.length > 0}>
          Save
        </Button>
        <Button size="xs" variant="subtle" color="gray" onClick={onDone}>
          Cancel
        </Button>
        {missing.length > 0 && <span className={classes.when}>{missingText(missing)}</span>}
      </div>
    </div>
  );
}

function useRevision(row: HistoryEntry, projectId: number, onDone: () => void) {
  const queryClient = useQueryClient();
  return useMutation({
    mutationFn: async ({ verdict, draft }: { verdict: Verdict; draft: Draft }) => {
      const params = { path: { project_id: projectId } };
      const undone = await answer(
        api.POST('/api/projects/{project_id}/undo/', {
          params,
          body: { assignment_id: row.assignment_id, client_id: null },
        }),
      );
      // It may come back in another order.
      const again = pairOf(undone.assignment);
      const before = row.completions.map(({ text }) => text);
      const move = moveBetween(before, again.completions);
      const body = verdictBody(
        move ? (movedAnswer(verdict, move) as Verdict) : verdict,
        { assignmentId: again.id, clientId: randomId(), activeMs: 0 },
        move ? movedDetails(draft.details, move) : draft.details,
      );
      await api.POST('/api/projects/{project_id}/verdicts/', { params, body });
    },
    onSuccess: onDone,
    // When only the undo went through, the comparison comes back on the labeling page; the list shows which.
    onSettled: () =>
      Promise.all([
        queryClient.invalidateQueries({ queryKey: historyQuery(projectId).queryKey }),
        queryClient.invalidateQueries({ queryKey: meQuery(projectId).queryKey }),
      ]),
  });
}
