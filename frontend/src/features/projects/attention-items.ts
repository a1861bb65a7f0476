/** What an admin should look at, derived from counts. */

import type { Member } from '../../lib/api-types';
import { countText } from '../../lib/number-text';

interface Waiting {
  flags: number;
  reviews: number;
  members: readonly Member[];
  selfLabelsStopped: string | null;
}

export interface AttentionItem {
  to: '/projects/$id/quality' | '/projects/$id/review' | '/projects/$id/members' | '/projects/$id/settings';
  text: string;
  act: string;
}

export function attentionItems({ flags, reviews, members, selfLabelsStopped }: Waiting): AttentionItem[] {
  const missed = members.filter(
    ({ warm_up: warmUp, warmed_up_at: at }) => warmUp?.passed === false && at === null,
  ).length;
  const items: (AttentionItem & { n: number })[] = [
    {
      n: flags,
      to: '/projects/$id/quality',
      text: `${countText(flags, 'flag')} of labelers to look at`,
      act: 'Look at the figures',
    },
    {
      n: reviews,
      to: '/projects/$id/review',
      text: `${countText(reviews, 'comparison')} to review`,
      act: 'Review',
    },
    {
      n: missed,
      to: '/projects/$id/members',
      text: `${countText(missed, 'labeler')} missed the warm-up and ${missed === 1 ? 'waits' : 'wait'} to be let in`,
      act: 'Decide',
    },
    {
      n: selfLabelsStopped === null ? 0 : 1,
      to: '/projects/$id/settings',
      text: `Self-labels are stopped. ${selfLabelsStopped}`,
      act: 'Change how they are made',
    },
  ];
  return items.filter(({ n }) => n > 0).map(({ to, text, act }) => ({ to, text, act }));
}
