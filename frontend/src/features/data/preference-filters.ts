import type { PreferenceFilters } from '../../api/data-queries';
import { VERDICT_KINDS } from '../../lib/verdict-words';

/** The filters that the address holds; anything unknown is left out. */
export function filtersFromSearch(search: Record<string, unknown>): PreferenceFilters {
  const filters: PreferenceFilters = {};
  const kind = VERDICT_KINDS.find(({ value }) => value === search.kind)?.value;
  if (kind) filters.kind = kind;
  // The router reads a name of digits as a number.
  const name = typeof search.annotator === 'number' ? String(search.annotator) : search.annotator;
  if (typeof name === 'string' && name) filters.annotator = name;
  if (search.superseded === true) filters.superseded = true;
  return filters;
}
