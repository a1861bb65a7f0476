import { type KeyboardEvent, type ReactNode, type RefObject, useEffect, useRef, useState } from 'react';

interface ScrollBoxProps {
  as: 'pre' | 'table' | 'span';
  /** What it holds, for screen readers. */
  label: string;
  className?: string;
  children: ReactNode;
}

/** What may be wider than its place: reachable by keyboard while it is, and then its arrows scroll it. */
export function ScrollBox({ as: Box, label, className, children }: ScrollBoxProps) {
  const box = useRef<HTMLElement>(null);
  const scrolls = useOverflow(box);
  return (
    <Box
      ref={box as RefObject<never>}
      className={className}
      dir={Box === 'table' ? undefined : 'ltr'}
      {...(scrolls && { tabIndex: 0, 'aria-label': label, onKeyDown: keepArrows })}
      {...(scrolls && Box !== 'table' && { role: 'group' })}
    >
      {children}
    </Box>
  );
}

/** Where arrows are verdicts, these are not. */
function keepArrows(event: KeyboardEvent): void {
  if (event.key === 'ArrowLeft' || event.key === 'ArrowRight') event.stopPropagation();
}

function useOverflow(box: RefObject<HTMLElement | null>): boolean {
  const [overflows, setOverflows] = useState(false);
  useEffect(() => {
    const element = box.current;
    if (!element) return;
    const observer = new ResizeObserver(() => setOverflows(element.scrollWidth > element.clientWidth));
    observer.observe(element);
    for (const child of element.children) observer.observe(child);
    return () => observer.disconnect();
  }, [box]);
  return overflows;
}
