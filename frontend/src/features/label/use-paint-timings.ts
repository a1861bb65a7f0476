import { type RefObject, useCallback, useLayoutEffect, useRef } from 'react';
import { percentile } from '../../lib/percentile';

const MEASURE = 'prefloop:answer-to-paint';
/** Painting times kept for the percentile. */
const KEPT = 500;

/**
 * Measures from the key or click to the next pair's first paint. Each is a User Timing measure; the screen's element
 * carries the 95th percentile in milliseconds as `data-paint-p95` and the count as `data-paint-count`.
 *
 * Returns: what to call in the event's handler, before the state changes.
 */
export function usePaintTimings(pairId: number | undefined, screen: RefObject<HTMLElement | null>): () => void {
  const pressedAt = useRef<number | null>(null);
  const times = useRef<number[]>([]);
  const count = useRef(0);

  // biome-ignore lint/correctness/useExhaustiveDependencies: each new pair is a paint to measure
  useLayoutEffect(() => {
    const start = pressedAt.current;
    pressedAt.current = null;
    if (start === null) return;
    requestAnimationFrame(() => {
      // The first task after the frame's callbacks runs when the frame has been painted.
      const { port1, port2 } = new MessageChannel();
      port1.onmessage = () => {
        const end = performance.now();
        performance.measure(MEASURE, { start, end });
        count.current += 1;
        times.current = [...times.current, end - start].slice(-KEPT);
        if (screen.current) {
          screen.current.dataset.paintP95 = percentile(times.current, 0.95).toFixed(1);
          screen.current.dataset.paintCount = String(count.current);
        }
      };
      port2.postMessage(null);
    });
  }, [pairId, screen]);

  return useCallback(() => {
    pressedAt.current = window.event?.timeStamp ?? performance.now();
  }, []);
}
