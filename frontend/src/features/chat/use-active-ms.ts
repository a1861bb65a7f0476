import { useEffect, useRef } from 'react';
import { ActivityClock } from '../../lib/activity-clock';

const SIGNS = ['keydown', 'pointerdown', 'pointermove', 'wheel', 'scroll', 'touchmove'] as const;

/** Milliseconds of attention since `key` changed, read when they are wanted. */
export function useActiveMs(key: number | null): () => number {
  const clock = useRef(new ActivityClock(0));
  useEffect(() => {
    if (key === null) return;
    clock.current = new ActivityClock(performance.now());
    const sign = () => clock.current.sign(performance.now());
    const visibility = () => clock.current.setVisible(document.visibilityState === 'visible', performance.now());
    for (const name of SIGNS) window.addEventListener(name, sign, { passive: true, capture: true });
    document.addEventListener('visibilitychange', visibility);
    return () => {
      for (const name of SIGNS) window.removeEventListener(name, sign, { capture: true });
      document.removeEventListener('visibilitychange', visibility);
    };
  }, [key]);
  return () => clock.current.read(performance.now());
}
