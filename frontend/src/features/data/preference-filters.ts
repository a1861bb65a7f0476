import type { PreferenceFilters } from '../../api/data-queries';
import { VERDICT_KINDS } from './data-words';

/** The filters that the address holds; anything unknown is left out. */
export function filtersFromSearch(search: Record<string, unknown>): PreferenceFilters {
  const filters: PreferenceFilters = {};
  const kind = VERDICT_KINDS.find(({ value }) => value === search.kind)?.value;
  const annotator = Number(search.annotator);
  if (kind) filters.kind = kind;
  if (Number.isInteger(annotator) && annotator > 0) filters.annotator = annotator;
  return filters;
}
