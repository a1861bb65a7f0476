import { Text } from '@mantine/core';
import { useMemo } from 'react';
import type uPlot from 'uplot';
import { numberText, percentText } from '../lib/number-text';
import { alignSeries, type Point, stepText } from '../lib/series';
import classes from './line-chart.module.css';
import { SeriesTable } from './series-table';
import { usePlot } from './use-plot';

export interface ChartSeries {
  name: string;
  points: readonly Point[];
  /** Where the interval of each point begins and ends, drawn as an area around the line. */
  band?: { low: readonly Point[]; high: readonly Point[] };
}

interface LineChartProps {
  title: string;
  unit?: string;
  xLabel?: string;
  series: readonly ChartSeries[];
  /** `percent` takes shares of one. */
  as?: 'percent' | 'number';
  height?: number;
}

/** Lines over steps: drawn by uPlot in the page's colours, with the same numbers as a table under it. */
export function LineChart({ title, unit = '', xLabel = 'step', series, as = 'number', height = 180 }: LineChartProps) {
  const data = useMemo(() => columnsOf(series) as uPlot.AlignedData, [series]);
  const style = {
    lines: series.map(({ name, band }) => ({ name, hasBand: band !== undefined })),
    isShare: as === 'percent',
    xLabel,
  };
  const { sizeRef, hostRef } = usePlot({ style, data, height });
  const valueText = as === 'percent' ? percentText : numberText;
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
            <span className={classes.last}>{lastText(points, valueText)}</span>
          </li>
        ))}
      </ul>
      <div ref={sizeRef} className={classes.sizer}>
        <div
          ref={hostRef}
          style={{ minHeight: height }}
          role="img"
          aria-label={chartSummary(title, series, valueText)}
        />
      </div>
      <SeriesTable title={title} xLabel={xLabel} series={series} valueText={valueText} />
    </figure>
  );
}

function columnsOf(series: readonly ChartSeries[]) {
  const bands = series.flatMap(({ band }) => (band ? [band.low, band.high] : []));
  return alignSeries([...series.map(({ points }) => points), ...bands]);
}

function lastText(points: readonly Point[], valueText: (value: number) => string): string {
  const last = points.at(-1);
  return last ? valueText(last[1]) : 'none yet';
}

/** What the lines show, in one sentence. */
function chartSummary(title: string, series: readonly ChartSeries[], valueText: (value: number) => string): string {
  const parts = series.map(({ name, points }) => {
    const first = points[0];
    const last = points.at(-1);
    if (!first || !last) return `${name}: no values yet`;
    return `${name}: from ${valueText(first[1])} at ${stepText(first[0])} to ${valueText(last[1])} at ${stepText(last[0])}`;
  });
  return `${title}. ${parts.join('; ')}.`;
}
