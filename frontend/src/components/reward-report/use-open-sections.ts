import { useLocation, useNavigate, useSearch } from '@tanstack/react-router';

const SEPARATOR = '.';

/** Which sections are open: kept in the address (`?sections=accuracy.probes`), together with the one its hash names. */
export function useOpenSections(standard: readonly string[]) {
  const navigate = useNavigate();
  const { sections }: { sections?: unknown } = useSearch({ strict: false });
  const hash = useLocation({ select: ({ hash: name }) => name });
  const named = hash.startsWith(ANCHOR) ? [hash.slice(ANCHOR.length)] : [];
  const open = typeof sections === 'string' ? sections.split(SEPARATOR) : [...standard, ...named];
  const setOpen = (next: readonly string[]) =>
    void navigate({
      to: '.',
      search: ((before: Record<string, unknown>) => ({ ...before, sections: next.join(SEPARATOR) })) as never,
      replace: true,
      resetScroll: false,
    });
  return { open, setOpen };
}

const ANCHOR = 'report-';

/** The id by which an address can name a section. */
export function anchorOf(key: string): string {
  return `${ANCHOR}${key}`;
}
