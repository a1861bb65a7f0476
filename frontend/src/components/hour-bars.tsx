import { CountBars } from './count-bars';

interface HourBarsProps {
  title: string;
  hours: readonly { hour: string; n: number }[];
}

/** Counts per hour as small bars. */
export function HourBars({ title, hours }: HourBarsProps) {
  const total = hours.reduce((sum, { n }) => sum + n, 0);
  const most = Math.max(0, ...hours.map(({ n }) => n));
  return (
    <CountBars
      title={`${title}: ${total} in all, at most ${most} in an hour`}
      bars={hours.map(({ hour, n }) => ({ label: hourText(hour), n }))}
    />
  );
}

function hourText(hour: string): string {
  return new Date(hour).toLocaleString(undefined, { weekday: 'short', hour: '2-digit', minute: '2-digit' });
}
