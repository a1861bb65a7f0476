import { Text } from '@mantine/core';
import { useElementSize } from '@mantine/hooks';
import { numberText } from '../lib/number-text';
import { roundScale } from '../lib/plot-scale';
import { type Column, DataTable } from './data-table';
import { XyPanelDrawing } from './xy-panel';
import classes from './xy-plot.module.css';
import { pointText, type XyPanel, type XySeries } from './xy-points';

interface XyPlotProps {
  title: string;
  xLabel: string;
  /** One above the other over the same x axis, each with a scale of its own. */
  panels: readonly XyPanel[];
  /** Places on the x axis that mean something. */
  marks?: readonly { x: number; label: string }[];
}

const LEFT = 52;
const RIGHT = 12;
const TOP = 20;
const BOTTOM = 34;
const PANEL = 128;
const GAP = 26;
/** Until the place is measured. */
const WIDTH = 560;

/** Values against a measured x in panels that share it, each figure with its unit; the same numbers as a table. */
export function XyPlot({ title, xLabel, panels, marks = [] }: XyPlotProps) {
  const { ref, width: measured } = useElementSize<HTMLDivElement>();
  const drawn = panels.filter(({ series }) => series.some(({ points }) => points.length > 0));
  if (drawn.length === 0) return <Text c="dimmed">There is nothing to draw yet.</Text>;
  const width = measured || WIDTH;
  const height = TOP + drawn.length * PANEL + (drawn.length - 1) * GAP + BOTTOM;
  const xs = drawn.flatMap(({ series }) => series.flatMap(({ points }) => points.map(({ x }) => x)));
  const xScale = roundScale([...xs, ...marks.map(({ x }) => x), 0], Math.max(3, Math.round(width / 110)));
  const names = drawn.flatMap(({ series }) => series.map(({ name }) => name));
  return (
    <figure className={classes.figure}>
      <figcaption>
        <Text fw={600} size="sm">
          {title}
        </Text>
      </figcaption>
      <ul className={classes.legend}>
        {drawn
          .flatMap(({ series }) => series)
          .map((each, index) => (
            <li key={each.name} className={classes.entry}>
              <span className={classes.swatch} data-series={index % 4} data-drawn={each.drawn} aria-hidden />
              {each.name}
            </li>
          ))}
      </ul>
      <div ref={ref} className={classes.sizer}>
        <svg width={width} height={height} className={classes.plot} role="img" aria-label={summary(title, drawn)}>
          {drawn.map((panel, index) => (
            <XyPanelDrawing
              key={panel.label}
              panel={panel}
              xScale={xScale}
              frame={{ left: LEFT, right: width - RIGHT, top: TOP + index * (PANEL + GAP), height: PANEL }}
              marks={marks}
              isFirst={index === 0}
              isLast={index === drawn.length - 1}
              firstSeries={names.indexOf(panel.series[0]?.name ?? '')}
            />
          ))}
          <text className={classes.label} x={(LEFT + width - RIGHT) / 2} y={height - 4} textAnchor="middle">
            {xLabel}
          </text>
        </svg>
      </div>
      <details className={classes.details}>
        <summary>Numbers of “{title}”</summary>
        <DataTable
          caption={`Numbers of ${title}`}
          columns={columns(xLabel)}
          rows={rowsOf(drawn)}
          rowKey={({ key }) => key}
        />
      </details>
    </figure>
  );
}

interface PlotRow {
  key: string;
  series: string;
  name: string;
  x: string;
  y: string;
}

function columns(xLabel: string): Column<PlotRow>[] {
  return [
    { key: 'series', header: 'Figure', cell: ({ series }) => series },
    { key: 'name', header: 'Of', cell: ({ name }) => name },
    { key: 'x', header: xLabel, numeric: true, cell: ({ x }) => x },
    { key: 'y', header: 'Value', numeric: true, cell: ({ y }) => y },
  ];
}

/** Curves that nobody measured have no numbers. */
function rowsOf(panels: readonly XyPanel[]): PlotRow[] {
  return panels.flatMap(({ series, as }) =>
    measured(series).flatMap(({ name: seriesName, points }) =>
      points.map((point) => ({
        key: `${seriesName} ${point.name}`,
        series: seriesName,
        name: point.name,
        x: numberText(point.x),
        y: pointText(point, as),
      })),
    ),
  );
}

function measured(series: readonly XySeries[]): XySeries[] {
  return series.filter(({ drawn }) => drawn !== 'guide');
}

function summary(title: string, panels: readonly XyPanel[]): string {
  const parts = panels.flatMap(({ series, as }) =>
    measured(series)
      .filter(({ points }) => points.length > 0)
      .map(({ name, points }) => {
        const most = points.reduce((best, point) => (point.y > best.y ? point : best));
        return `${name}: highest ${pointText(most, as)} at ${numberText(most.x)}`;
      }),
  );
  return `${title}. ${parts.join('; ')}.`;
}
