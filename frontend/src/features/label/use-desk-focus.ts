import { type RefObject, useEffect } from 'react';

/** Keeps the keyboard's focus on the screen when what had it has gone, for example a button of the verdict bar. */
export function useDeskFocus(screen: RefObject<HTMLElement | null>, hasPair: boolean): void {
  // biome-ignore lint/correctness/useExhaustiveDependencies: the bar comes and goes with the pair
  useEffect(() => {
    const focused = document.activeElement;
    if (focused === null || focused === document.body) screen.current?.focus({ preventScroll: true });
  }, [hasPair, screen]);
}
