import { Text } from '@mantine/core';
import { LineChart } from '../../components/line-chart';
import { chartGroups, type SeriesByName } from '../../lib/series';
import classes from './run-curves.module.css';

interface RunCurvesProps {
  series: SeriesByName;
  isWorking: boolean;
}

/** Every metric series of a run, related ones in one chart. */
export function RunCurves({ series, isWorking }: RunCurvesProps) {
  const groups = chartGroups(Object.keys(series).sort());
  if (groups.length === 0) {
    return (
      <Text c="dimmed">
        {isWorking ? 'No values yet; they appear as the run reports them.' : 'This run reported no series.'}
      </Text>
    );
  }
  return (
    <div className={classes.charts}>
      {groups.map(({ title, unit, as, names }) => (
        <LineChart
          key={title}
          title={title}
          unit={unit}
          as={as}
          series={names.map((name) => ({ name, points: series[name] ?? [] }))}
        />
      ))}
    </div>
  );
}
