import type { Interval } from '../../lib/api-types';
import classes from './interval-bar.module.css';

interface IntervalBarProps {
  interval: Interval;
  scale?: readonly [number, number];
  /** Where a mark shows what is usual. */
  normal?: number;
}

/** An estimate as a dot with its interval as a line; decoration beside the numbers. */
export function IntervalBar({ interval, scale = [0, 1], normal }: IntervalBarProps) {
  const [low, high] = scale;
  const place = (value: number) => `${Math.min(100, Math.max(0, (100 * (value - low)) / (high - low)))}%`;
  const start = place(interval.low);
  return (
    <span className={classes.bar} aria-hidden>
      {normal !== undefined && <span className={classes.normal} style={{ left: place(normal) }} />}
      <span className={classes.line} style={{ left: start, right: `calc(100% - ${place(interval.high)})` }} />
      <span className={classes.dot} style={{ left: place(interval.value) }} />
    </span>
  );
}
