import { Text } from '@mantine/core';
import classes from './count-bars.module.css';

interface CountBarsProps {
  title: string;
  bars: readonly { label: string; n: number }[];
}

/** Counts as small bars, with every number in the text alternative. */
export function CountBars({ title, bars }: CountBarsProps) {
  const most = Math.max(1, ...bars.map(({ n }) => n));
  return (
    <figure className={classes.figure}>
      <figcaption>
        <Text size="xs" c="dimmed">
          {title}
        </Text>
      </figcaption>
      <ul className={classes.bars}>
        {bars.map(({ label, n }) => (
          <li key={label} className={classes.slot} title={`${label}: ${n}`}>
            <span className={classes.bar} style={{ height: `${(n / most) * 100}%` }} aria-hidden />
            <span className={classes.words}>
              {label}: {n}
            </span>
          </li>
        ))}
      </ul>
    </figure>
  );
}
