import { Text, VisuallyHidden } from '@mantine/core';
import { useInfiniteQuery, useMutation, useQueryClient } from '@tanstack/react-query';
import { answer, api } from '../../api/client';
import { goldListQuery } from '../../api/gold-queries';
import { projectKey } from '../../api/project-queries';
import { ConfirmButton } from '../../components/confirm-button';
import { type Column, DataTable } from '../../components/data-table';
import { EmptyState } from '../../components/empty-state';
import { CheckCircleIcon } from '../../components/icons';
import { PageSection } from '../../components/page-section';
import { PagedView } from '../../components/paged-view';
import { ProblemAlert } from '../../components/problem-alert';
import type { GoldPair } from '../../lib/api-types';
import { percentText } from '../../lib/number-text';
import { verdictWords } from '../../lib/verdict-words';
import classes from './gold-list.module.css';

/** The known pairs and how labelers did on each; one that many get wrong may be wrong itself. */
export function GoldList({ projectId }: { projectId: number }) {
  const queryClient = useQueryClient();
  const query = useInfiniteQuery(goldListQuery(projectId));
  const withdraw = useMutation({
    mutationFn: (comparisonId: number) =>
      answer(
        api.DELETE('/api/projects/{project_id}/gold/{comparison_id}/', {
          params: { path: { project_id: projectId, comparison_id: comparisonId } },
        }),
      ),
    onSuccess: () => queryClient.invalidateQueries({ queryKey: projectKey(projectId) }),
  });
  return (
    <PageSection title="Pairs" description="A pair that most get wrong may be wrong itself, or the guidelines unclear.">
      <ProblemAlert error={withdraw.error} title="The pair was not withdrawn" />
      <PagedView
        query={query}
        what="known pairs"
        empty={
          <EmptyState title="No known pair yet" icon={<CheckCircleIcon />}>
            Write one, upload a file, or take one from the preferences: open a preference there and choose “Make it a
            known pair”.
          </EmptyState>
        }
      >
        {(rows) => (
          <DataTable
            caption="Known pairs"
            columns={columns((id) => withdraw.mutate(id))}
            rows={rows}
            rowKey={(pair) => pair.id}
          />
        )}
      </PagedView>
    </PageSection>
  );
}

function columns(onWithdraw: (id: number) => void): Column<GoldPair>[] {
  return [
    { key: 'pair', header: 'Pair', cell: (pair) => <PairTexts pair={pair} /> },
    {
      key: 'expected',
      header: 'Right verdict',
      cell: ({ expected, explanation }) => (
        <>
          {expectedWords(expected)}
          {explanation && (
            <Text size="sm" c="dimmed" dir="auto">
              {explanation}
            </Text>
          )}
        </>
      ),
    },
    {
      key: 'correct',
      header: 'Right',
      numeric: true,
      cell: ({ verdicts, correct }) =>
        verdicts === 0 ? (
          '–'
        ) : (
          <>
            {percentText(Math.round((100 * correct) / verdicts) / 100)}
            <Text size="xs" c="dimmed" style={{ whiteSpace: 'nowrap' }}>
              {correct} of {verdicts}
            </Text>
          </>
        ),
    },
    {
      key: 'withdraw',
      header: <VisuallyHidden>Actions</VisuallyHidden>,
      cell: ({ id, withdrawn_at: withdrawnAt }) =>
        withdrawnAt ? (
          'withdrawn'
        ) : (
          <ConfirmButton
            size="compact-xs"
            title="Withdraw this pair?"
            consequence="Nobody is given it any more. Verdicts on it stay and count as before."
            confirmLabel="Withdraw"
            onConfirm={() => onWithdraw(id)}
          >
            Withdraw
          </ConfirmButton>
        ),
    },
  ];
}

function PairTexts({ pair }: { pair: GoldPair }) {
  return (
    <details className={classes.pair}>
      <summary dir="auto">{pair.prompt.at(-1)?.content}</summary>
      <p className={classes.text} dir="auto">
        <b>A</b> {pair.completion_a}
      </p>
      <p className={classes.text} dir="auto">
        <b>B</b> {pair.completion_b}
      </p>
    </details>
  );
}

function expectedWords({ kind, winner }: GoldPair['expected']): string {
  return kind === 'prefer' && winner
    ? `${winner.toUpperCase()} is better`
    : verdictWords({ kind, winner: null, strength: null });
}
