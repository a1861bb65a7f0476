import { Fragment } from 'react';
import { markText, numberText, percentText } from '../lib/number-text';
import { placeOf, roundScale, type Scale } from '../lib/plot-scale';
import classes from './xy-plot.module.css';
import { pointText, type XyPanel, type XyPoint, type XySeries } from './xy-points';

interface XyPanelDrawingProps {
  panel: XyPanel;
  xScale: Scale;
  /** Where it is drawn, in pixels. */
  frame: { left: number; right: number; top: number; height: number };
  marks: readonly { x: number; label: string }[];
  isFirst: boolean;
  isLast: boolean;
  /** Number of its first series among those of the whole plot: colours do not repeat from panel to panel. */
  firstSeries: number;
}

/** One panel of a plot: its grid, its marks and its series. */
export function XyPanelDrawing(props: XyPanelDrawingProps) {
  const { panel, xScale, frame, marks, isFirst, isLast, firstSeries } = props;
  const points = panel.series.flatMap((series) => series.points);
  const values = points.flatMap(({ y, low, high }) => [y, low ?? y, high ?? y]);
  const yScale = roundScale(panel.level === undefined ? values : [...values, panel.level]);
  const bottom = frame.top + frame.height;
  const x = (value: number) => placeOf(value, xScale, frame.left, frame.right);
  const y = (value: number) => placeOf(value, yScale, bottom, frame.top);
  const show = panel.as === 'percent' ? percentText : markText;
  return (
    <g>
      <text className={classes.label} x={frame.left} y={frame.top - 7}>
        {panel.label}
      </text>
      {yScale.marks.map((mark) => (
        <g key={mark} className={classes.grid}>
          <line x1={frame.left} x2={frame.right} y1={y(mark)} y2={y(mark)} />
          <text x={frame.left - 6} y={y(mark) + 4} textAnchor="end">
            {show(mark)}
          </text>
        </g>
      ))}
      {xScale.marks.map((mark) => (
        <g key={mark} className={classes.grid}>
          <line x1={x(mark)} x2={x(mark)} y1={frame.top} y2={bottom} />
          {isLast && (
            <text x={x(mark)} y={bottom + 14} textAnchor="middle">
              {markText(mark)}
            </text>
          )}
        </g>
      ))}
      {panel.level !== undefined && (
        <line className={classes.level} x1={frame.left} x2={frame.right} y1={y(panel.level)} y2={y(panel.level)} />
      )}
      {marks.map((mark) => (
        <Fragment key={mark.label}>
          <line className={classes.mark} x1={x(mark.x)} x2={x(mark.x)} y1={frame.top} y2={bottom} />
          {isFirst && (
            <text className={classes.markLabel} {...labelPlace(x(mark.x), frame)} y={frame.top + 12}>
              {mark.label}
            </text>
          )}
        </Fragment>
      ))}
      {panel.series.map((series, index) => (
        <SeriesDrawing key={series.name} series={series} as={panel.as} color={(firstSeries + index) % 4} x={x} y={y} />
      ))}
    </g>
  );
}

/** Labels of marks end at the mark in the right half, so that none leaves the drawing. */
function labelPlace(at: number, { left, right }: XyPanelDrawingProps['frame']) {
  const isRight = at > (left + right) / 2;
  return { x: isRight ? at - 5 : at + 5, textAnchor: isRight ? 'end' : 'start' } as const;
}

interface SeriesDrawingProps {
  series: XySeries;
  as: XyPanel['as'];
  color: number;
  x: (value: number) => number;
  y: (value: number) => number;
}

function SeriesDrawing({ series, as, color, x, y }: SeriesDrawingProps) {
  const path = (points: readonly XyPoint[]) => points.map((point) => `${x(point.x)},${y(point.y)}`).join(' ');
  const isLine = series.drawn === 'line';
  if (series.drawn === 'guide') {
    return (
      <g data-series={color} className={classes.series}>
        <polyline className={classes.guide} points={path(series.points)} />
      </g>
    );
  }
  return (
    <g data-series={color} className={classes.series}>
      {isLine && <polygon className={classes.band} points={bandOf(series.points, x, y)} />}
      <polyline className={isLine ? classes.line : classes.thread} points={path(series.points)} />
      {series.points.map((point) => (
        <g key={point.name} className={classes.point} data-faint={point.isFaint || undefined}>
          <title>{`${series.name}, ${point.name}: ${pointText(point, as)} at ${numberText(point.x)}`}</title>
          {!isLine && point.low !== undefined && point.high !== undefined && (
            <line className={classes.whisker} x1={x(point.x)} x2={x(point.x)} y1={y(point.low)} y2={y(point.high)} />
          )}
          <circle cx={x(point.x)} cy={y(point.y)} r={isLine ? 2.5 : 4} />
        </g>
      ))}
    </g>
  );
}

/** The area between the intervals' ends; nothing where the points have none. */
function bandOf(points: readonly XyPoint[], x: (value: number) => number, y: (value: number) => number): string {
  const ends = points.flatMap((point) =>
    point.low === undefined || point.high === undefined ? [] : [{ x: point.x, low: point.low, high: point.high }],
  );
  const upper = ends.map((end) => `${x(end.x)},${y(end.high)}`);
  const lower = ends.map((end) => `${x(end.x)},${y(end.low)}`).reverse();
  return [...upper, ...lower].join(' ');
}
