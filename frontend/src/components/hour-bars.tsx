import { Text } from '@mantine/core';
import classes from './hour-bars.module.css';

interface HourBarsProps {
  title: string;
  hours: readonly { hour: string; n: number }[];
}

/** Counts per hour as small bars, with every number in the text alternative. */
export function HourBars({ title, hours }: HourBarsProps) {
  const most = Math.max(1, ...hours.map(({ n }) => n));
  const total = hours.reduce((sum, { n }) => sum + n, 0);
  return (
    <figure className={classes.figure}>
      <figcaption>
        <Text size="xs" c="dimmed">
          {title}: {total} in all, at most {total === 0 ? 0 : most} in an hour
        </Text>
      </figcaption>
      <ul className={classes.bars}>
        {hours.map(({ hour, n }) => (
          <li key={hour} className={classes.slot} title={`${hourText(hour)}: ${n}`}>
            <span className={classes.bar} style={{ height: `${(n / most) * 100}%` }} aria-hidden />
            <span className={classes.words}>
              {hourText(hour)}: {n}
            </span>
          </li>
        ))}
      </ul>
    </figure>
  );
}

function hourText(hour: string): string {
  return new Date(hour).toLocaleString(undefined, { weekday: 'short', hour: '2-digit', minute: '2-digit' });
}
