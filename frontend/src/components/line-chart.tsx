import { Text } from '@mantine/core';
import { useMemo } from 'react';
import type uPlot from 'uplot';
import { numberText } from '../lib/number-text';
import { alignSeries, type Point } from '../lib/series';
import classes from './line-chart.module.css';
import { SeriesTable } from './series-table';
import { usePlot } from './use-plot';

export interface ChartSeries {
  name: string;
  points: readonly Point[];
}

interface LineChartProps {
  title: string;
  unit?: string;
  xLabel?: string;
  series: readonly ChartSeries[];
  height?: number;
}

/** Lines over steps: drawn by uPlot in the page's colours, with the same numbers as a table under it. */
export function LineChart({ title, unit = '', xLabel = 'step', series, height = 180 }: LineChartProps) {
  const data = useMemo(() => alignSeries(series.map(({ points }) => points)) as uPlot.AlignedData, [series]);
  const { sizeRef, hostRef } = usePlot({ names: series.map(({ name }) => name).join('\n'), data, height });
  return (
    <figure className={classes.figure}>
      <figcaption className={classes.caption}>
        <Text span fw={600} size="sm">
          {title}
        </Text>
        {unit && (
          <Text span size="xs" c="dimmed">
            {unit}
          </Text>
        )}
      </figcaption>
      <ul className={classes.legend}>
        {series.map(({ name, points }, index) => (
          <li key={name} className={classes.entry}>
            <span className={classes.swatch} data-series={index % 4} aria-hidden />
            <span>{name}</span>
            <span className={classes.last}>{lastText(points)}</span>
          </li>
        ))}
      </ul>
      <div ref={sizeRef} className={classes.sizer}>
        <div ref={hostRef} className={classes.plot} role="img" aria-label={chartSummary(title, series)} />
      </div>
      <SeriesTable title={title} xLabel={xLabel} series={series} />
    </figure>
  );
}

function lastText(points: readonly Point[]): string {
  const last = points.at(-1);
  return last ? numberText(last[1]) : 'none yet';
}

/** What the lines show, in one sentence. */
export function chartSummary(title: string, series: readonly ChartSeries[]): string {
  const parts = series.map(({ name, points }) => {
    const first = points[0];
    const last = points.at(-1);
    if (!first || !last) return `${name}: no values yet`;
    return `${name}: from ${numberText(first[1])} at ${first[0]} to ${numberText(last[1])} at ${last[0]}`;
  });
  return `${title}. ${parts.join('; ')}.`;
}
