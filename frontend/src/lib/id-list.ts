/** Ids in an address: `1,2,3`. */

/** Ids of a search value, each once; what is no id is left out. */
export function idsOf(value: unknown): number[] {
  const parts = typeof value === 'number' ? [String(value)] : typeof value === 'string' ? value.split(',') : [];
  return [...new Set(parts.map(Number).filter((id) => Number.isSafeInteger(id) && id > 0))];
}

/** Ids as a search value; undefined takes it out of the address. A single id stays a number, which needs no quotes. */
export function idsSearch(ids: readonly number[]): string | number | undefined {
  return ids.length > 1 ? ids.join(',') : ids[0];
}
