import type { Interval } from '../lib/api-types';
import classes from './interval-bar.module.css';

interface IntervalBarProps {
  interval: Pick<Interval, 'value' | 'low' | 'high'>;
  scale?: readonly [number, number];
  /** Where a mark shows what is usual. */
  normal?: number;
  /** From where to where nothing is to be said against the estimate. */
  zone?: readonly [number, number];
  /** The estimate is an alarm. */
  isBad?: boolean;
}

/** An estimate as a dot with its interval as a line; decoration beside the numbers. */
export function IntervalBar({ interval, scale = [0, 1], normal, zone, isBad }: IntervalBarProps) {
  const [low, high] = scale;
  const place = (value: number) => `${Math.min(100, Math.max(0, (100 * (value - low)) / (high - low)))}%`;
  const between = (start: number, end: number) => ({ left: place(start), right: `calc(100% - ${place(end)})` });
  return (
    <span className={classes.bar} data-bad={isBad || undefined} aria-hidden>
      {zone && <span className={classes.zone} style={between(...zone)} />}
      {normal !== undefined && <span className={classes.normal} style={{ left: place(normal) }} />}
      <span className={classes.line} style={between(interval.low, interval.high)} />
      <span className={classes.dot} style={{ left: place(interval.value) }} />
    </span>
  );
}
