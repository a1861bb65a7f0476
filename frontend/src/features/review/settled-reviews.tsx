import { Stack, Text } from '@mantine/core';
import { useInfiniteQuery } from '@tanstack/react-query';
import { type ReviewKind, reviewListQuery } from '../../api/review-queries';
import { ConfirmButton } from '../../components/confirm-button';
import { EmptyState } from '../../components/empty-state';
import { HistoryIcon } from '../../components/icons';
import { PageSection } from '../../components/page-section';
import { PagedView } from '../../components/paged-view';
import { ProblemAlert } from '../../components/problem-alert';
import { RelativeTime } from '../../components/relative-time';
import type { ReviewItem } from '../../lib/api-types';
import { percentText } from '../../lib/number-text';
import { verdictWords } from '../../lib/verdict-words';
import { outcomeLabel } from './review-decision';
import { ReviewTexts } from './review-texts';
import { useReviewActs } from './use-review-acts';

/** Settled comparisons, each with its decision, which can be taken back. */
export function SettledReviews({ projectId, kind }: { projectId: number; kind: ReviewKind }) {
  const query = useInfiniteQuery(reviewListQuery(projectId, kind, 'settled'));
  const { takeBack } = useReviewActs(projectId);
  return (
    <>
      <ProblemAlert error={takeBack.error} title="The decision was not taken back" />
      <PagedView
        query={query}
        what="settled comparisons"
        empty={<EmptyState title="Nothing is settled yet" icon={<HistoryIcon />} />}
      >
        {(rows) =>
          rows.map((item) => (
            <SettledItem
              key={item.comparison_id}
              item={item}
              isPending={takeBack.isPending}
              onTakeBack={() => takeBack.mutate(item.comparison_id)}
            />
          ))
        }
      </PagedView>
    </>
  );
}

interface SettledItemProps {
  item: ReviewItem;
  isPending: boolean;
  onTakeBack: () => void;
}

function SettledItem({ item, isPending, onTakeBack }: SettledItemProps) {
  const { review } = item;
  if (!review) return null;
  return (
    <PageSection
      title={`Comparison ${item.comparison_id}: ${outcomeLabel(review.outcome).toLowerCase()}`}
      description={
        <>
          {review.share_a !== null && `${percentText(review.share_a)} prefer A. `}
          {review.mine ? 'Settled by you' : 'Settled'} <RelativeTime at={review.created_at} />
          {review.note && `: ${review.note}`}
        </>
      }
      actions={
        item.can_settle && (
          <ConfirmButton
            size="xs"
            title="Take the decision back?"
            consequence="The comparison is open again, and its verdicts are trained on as they were given."
            confirmLabel="Take back"
            loading={isPending}
            onConfirm={onTakeBack}
          >
            Take back
          </ConfirmButton>
        )
      }
    >
      <Stack gap="xs">
        <ReviewTexts item={item} />
        {item.verdicts.map((verdict) => (
          <Text key={verdict.preference_id} size="sm">
            {verdict.labeler}: {verdictWords(verdict)}
            {review.mistaken.includes(verdict.preference_id) && ' (mistaken)'}
            {verdict.rationale && ` “${verdict.rationale}”`}
          </Text>
        ))}
      </Stack>
    </PageSection>
  );
}
