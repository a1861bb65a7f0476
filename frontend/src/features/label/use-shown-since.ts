import { type RefObject, useLayoutEffect, useRef } from 'react';
import type { Attention } from './attention';

/** The attention clock's reading when the pair on the screen appeared. */
export function useShownSince(pairId: number | undefined, attention: Attention): RefObject<number> {
  const since = useRef(0);
  // biome-ignore lint/correctness/useExhaustiveDependencies: a new pair starts a new reading
  useLayoutEffect(() => {
    since.current = attention.activeMs();
  }, [pairId, attention]);
  return since;
}
