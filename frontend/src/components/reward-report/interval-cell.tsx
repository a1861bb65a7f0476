import type { ComponentProps } from 'react';
import type { Interval } from '../../lib/api-types';
import { IntervalBar } from '../interval-bar';
import { IntervalText } from '../interval-text';
import classes from './interval-cell.module.css';

type IntervalCellProps = Omit<ComponentProps<typeof IntervalBar>, 'interval'> & {
  interval: Interval | null;
  as?: 'percent' | 'number';
};

/** A figure with its interval in words, and the same as a bar under it. */
export function IntervalCell({ interval, as, ...bar }: IntervalCellProps) {
  if (!interval) return <>–</>;
  return (
    <div className={classes.figure}>
      <IntervalText {...interval} as={as} />
      <IntervalBar interval={interval} {...bar} />
    </div>
  );
}
