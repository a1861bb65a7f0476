import type { ReviewItem, ReviewVerdict } from '../lib/api-types';

/** Comparisons of the review room as the API answers them, for tests. */

export function exampleVerdict(number: number, part: Partial<ReviewVerdict> = {}): ReviewVerdict {
  return {
    preference_id: 100 + number,
    labeler: `Labeler ${number}`,
    kind: 'prefer',
    winner: 'a',
    strength: 2,
    ranking: null,
    rationale: '',
    aspects: {},
    flags: {},
    created_at: '2026-05-01T10:00:00Z',
    model_probability: 0.9,
    left_out: null,
    ...part,
  };
}

export function exampleReview(comparisonId: number, part: Partial<ReviewItem> = {}): ReviewItem {
  return {
    comparison_id: comparisonId,
    kind: 'disagreement',
    why: '2 verdicts for A, 1 for B.',
    prompt: [{ role: 'user', content: `Question ${comparisonId}?` }],
    completion_a: { text: 'First.' },
    completion_b: { text: '<b>Second.</b>' },
    more: [],
    verdicts: [
      exampleVerdict(1),
      exampleVerdict(2),
      exampleVerdict(3, { winner: 'b', rationale: 'B answers.', model_probability: 0.04 }),
    ],
    review: null,
    can_settle: true,
    ...part,
  };
}
