import { type RefObject, useEffect } from 'react';

/** Scrolls every `[data-scrolls]` box inside `root` to the same share of its length as the one that is scrolled. */
export function useScrollTogether(root: RefObject<HTMLElement | null>, active: boolean, pairId: number): void {
  // biome-ignore lint/correctness/useExhaustiveDependencies: a new pair starts at its top
  useEffect(() => {
    const element = root.current;
    if (!active || !element) return;
    const boxes = () => [...element.querySelectorAll<HTMLElement>('[data-scrolls]')];
    for (const box of boxes()) box.scrollTop = 0;
    let led: EventTarget | null = null;
    const onScroll = ({ target }: Event) => {
      if (!(target instanceof HTMLElement) || !target.hasAttribute('data-scrolls')) return;
      // What follows is scrolled by us and must not lead in turn.
      if (led !== null && led !== target) return;
      led = target;
      const room = target.scrollHeight - target.clientHeight;
      const share = room > 0 ? target.scrollTop / room : 0;
      for (const box of boxes()) {
        if (box !== target) box.scrollTop = share * (box.scrollHeight - box.clientHeight);
      }
      requestAnimationFrame(() => requestAnimationFrame(() => (led = null)));
    };
    // Scrolling does not bubble.
    element.addEventListener('scroll', onScroll, { capture: true, passive: true });
    return () => element.removeEventListener('scroll', onScroll, { capture: true });
  }, [root, active, pairId]);
}
