import { useLocation, useSearch } from '@tanstack/react-router';
import { useChangeSearch } from '../../lib/use-change-search';

const SEPARATOR = '.';

/** Which sections are open: kept in the address (`?sections=accuracy.probes`), together with the one its hash names. */
export function useOpenSections(standard: readonly string[]) {
  const change = useChangeSearch();
  const { sections }: { sections?: unknown } = useSearch({ strict: false });
  const hash = useLocation({ select: ({ hash: name }) => name });
  const named = hash.startsWith(ANCHOR) ? [hash.slice(ANCHOR.length)] : [];
  const open = typeof sections === 'string' ? sections.split(SEPARATOR) : [...standard, ...named];
  const setOpen = (next: readonly string[]) => change({ sections: next.join(SEPARATOR) });
  return { open, setOpen };
}

const ANCHOR = 'report-';

/** The id by which an address can name a section. */
export function anchorOf(key: string): string {
  return `${ANCHOR}${key}`;
}
