import { type RefObject, useLayoutEffect, useRef } from 'react';

/** Closer to the end of the page than this, one wants to see what comes. */
const NEAR_PX = 160;

/** Keeps the end of the conversation in view while it grows, unless the reader has scrolled away from it. */
export function useStickToEnd(end: RefObject<HTMLElement | null>, grown: unknown, jump: unknown): void {
  const wasNear = useRef(true);
  useLayoutEffect(() => {
    const onScroll = () => {
      const { scrollHeight, clientHeight } = document.documentElement;
      wasNear.current = scrollHeight - window.scrollY - clientHeight < NEAR_PX;
    };
    window.addEventListener('scroll', onScroll, { passive: true });
    return () => window.removeEventListener('scroll', onScroll);
  }, []);
  // biome-ignore lint/correctness/useExhaustiveDependencies: more text is the reason to scroll
  useLayoutEffect(() => {
    if (wasNear.current) end.current?.scrollIntoView({ block: 'end' });
  }, [grown]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: a new message, or another chat, is looked at in any case
  useLayoutEffect(() => {
    wasNear.current = true;
    end.current?.scrollIntoView({ block: 'end' });
  }, [jump]);
}
