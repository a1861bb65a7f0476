import { Button, Group, Kbd, Text } from '@mantine/core';
import { useInfiniteQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { type ReviewKind, reviewListQuery } from '../../api/review-queries';
import { EmptyState } from '../../components/empty-state';
import { CheckCircleIcon, UndoIcon } from '../../components/icons';
import { PagedView } from '../../components/paged-view';
import { ProblemAlert } from '../../components/problem-alert';
import type { QuestionForm, ReviewItem } from '../../lib/api-types';
import { ReviewItemView } from './review-item-view';
import { useReviewActs } from './use-review-acts';

interface OpenReviewsProps {
  projectId: number;
  kind: ReviewKind;
  form: QuestionForm;
}

/** The open comparisons, one at a time. What was just settled can be taken back. */
export function OpenReviews({ projectId, kind, form }: OpenReviewsProps) {
  const query = useInfiniteQuery(reviewListQuery(projectId, kind, 'open'));
  const [last, setLast] = useState<number | null>(null);
  const { settle, takeBack } = useReviewActs(projectId);
  const undo = () => {
    if (last === null || takeBack.isPending) return;
    takeBack.mutate(last, { onSuccess: () => setLast(null) });
  };
  return (
    <>
      {last !== null && (
        <Group gap="sm" mb="sm" role="status">
          <Text size="sm">Comparison {last} is settled.</Text>
          <Button
            size="compact-sm"
            variant="default"
            leftSection={<UndoIcon />}
            onClick={undo}
            loading={takeBack.isPending}
          >
            Take back{' '}
            <Kbd size="xs" ml={6}>
              u
            </Kbd>
          </Button>
        </Group>
      )}
      <ProblemAlert error={takeBack.error} title="The decision was not taken back" />
      <PagedView
        query={query}
        what="comparisons to review"
        empty={
          <EmptyState title="Nothing to review" icon={<CheckCircleIcon />}>
            {kind === 'contradiction'
              ? 'The newest reward model believes every verdict at least a little. A round brings a new one.'
              : 'Comparisons come here when labelers disagree, which takes an overlap of two or more, or when the newest reward model strongly contradicts a verdict or refuses to learn it.'}
          </EmptyState>
        }
      >
        {(rows, total) => (
          <OneAtATime
            rows={rows}
            total={total}
            form={form}
            acts={{
              settle: (comparisonId, body) =>
                settle.mutate({ comparisonId, body }, { onSuccess: () => setLast(comparisonId) }),
              isSaving: settle.isPending,
              error: settle.error,
              undo,
              needMore: () => {
                if (query.hasNextPage && !query.isFetchingNextPage) void query.fetchNextPage();
              },
            }}
          />
        )}
      </PagedView>
    </>
  );
}

interface OneAtATimeProps {
  rows: readonly ReviewItem[];
  total: number;
  form: QuestionForm;
  acts: {
    settle: (comparisonId: number, body: Parameters<Parameters<typeof ReviewItemView>[0]['onSave']>[0]) => void;
    isSaving: boolean;
    error: unknown;
    undo: () => void;
    needMore: () => void;
  };
}

function OneAtATime({ rows, total, form, acts }: OneAtATimeProps) {
  const [position, setPosition] = useState(0);
  const index = Math.min(position, rows.length - 1);
  const item = rows[index];
  if (!item) return null;
  const go = (by: -1 | 1) => {
    if (index + by >= rows.length - 1) acts.needMore();
    setPosition(Math.min(rows.length - 1, Math.max(0, index + by)));
  };
  return (
    <>
      <Group justify="space-between" mb="sm" gap="sm">
        <Text size="sm" c="dimmed" className="tabular">
          {index + 1} of {total}
        </Text>
        <Group gap="xs">
          <Button size="xs" variant="default" disabled={index === 0} onClick={() => go(-1)}>
            Previous{' '}
            <Kbd size="xs" ml={6}>
              k
            </Kbd>
          </Button>
          <Button size="xs" variant="default" disabled={index >= total - 1} onClick={() => go(1)}>
            Next{' '}
            <Kbd size="xs" ml={6}>
              j
            </Kbd>
          </Button>
        </Group>
      </Group>
      <ReviewItemView
        key={item.comparison_id}
        item={item}
        form={form}
        isSaving={acts.isSaving}
        error={acts.error}
        onSave={(body) => acts.settle(item.comparison_id, body)}
        onCommand={(command) => {
          if (command === 'take-back') acts.undo();
          else go(command === 'next' ? 1 : -1);
        }}
      />
    </>
  );
}
