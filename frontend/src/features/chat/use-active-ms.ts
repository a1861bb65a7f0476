import { useEffect, useRef } from 'react';
import { ActivityClock, watchActivity } from '../../lib/activity-clock';

/** Milliseconds of attention since `key` changed, read when they are wanted. */
export function useActiveMs(key: number | null): () => number {
  const clock = useRef(new ActivityClock(0));
  useEffect(() => {
    if (key === null) return;
    clock.current = new ActivityClock(performance.now());
    const sign = () => clock.current.sign(performance.now());
    const visibility = () => clock.current.setVisible(document.visibilityState === 'visible', performance.now());
    return watchActivity(sign, visibility);
  }, [key]);
  return () => clock.current.read(performance.now());
}
