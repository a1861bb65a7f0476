/** One page of a list, as every list of the API answers. */
export interface Page<Row> {
  results: Row[];
  next: string | null;
  total: number;
}

// A type and not an interface: only types fit a query's index signature.
export type PageParam = { cursor?: string };

export const FIRST_PAGE: PageParam = {};

/** The parameters of the page after this one, or undefined at the end. */
export function nextCursor(page: { next?: string | null }): PageParam | undefined {
  return page.next ? { cursor: page.next } : undefined;
}

/** The rows of all pages loaded so far. */
export function rowsOf<Row>(data: { pages: { results: Row[] }[] } | undefined): Row[] {
  return data?.pages.flatMap((page) => page.results) ?? [];
}
