import { useSearch } from '@tanstack/react-router';
import { idsOf, idsSearch } from '../../../lib/id-list';
import { useChangeSearch } from '../../../lib/use-change-search';

export const MOST_COMPARED = 4;

/** Checkpoints ticked to be compared; they stand in the address, so that another run’s can be ticked beside them. */
export function useTicked() {
  const change = useChangeSearch();
  const { compare }: { compare?: unknown } = useSearch({ strict: false });
  const ticked = idsOf(compare).slice(0, MOST_COMPARED);
  const put = (ids: readonly number[]) => change({ compare: idsSearch(ids) });
  const toggle = (id: number) => put(ticked.includes(id) ? ticked.filter((other) => other !== id) : [...ticked, id]);
  return { ticked, toggle, clear: () => put([]) };
}
