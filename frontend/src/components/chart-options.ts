import uPlot from 'uplot';
import 'uplot/dist/uPlot.min.css';
import { numberText, percentText } from '../lib/number-text';

/** How a chart is drawn whatever its values are. */
export interface ChartStyle {
  lines: readonly { name: string; hasBand: boolean }[];
  /** Values are shares of one, written as percentages. */
  isShare: boolean;
  /** What the x axis counts. */
  xLabel: string;
}

interface Drawing {
  style: ChartStyle;
  /** x, a column for each line, then low and high for each line with a band. */
  data: uPlot.AlignedData;
  width: number;
  height: number;
}

/** Distances between marks of what comes in whole numbers. */
const WHOLE_STEPS = [1, 10, 100, 1000, 10_000, 100_000].flatMap((size) => [size, 2 * size, 5 * size]);
const DASHES: number[][] = [[], [6, 4], [2, 3], [8, 3, 2, 3]];

/** Draws lines into `host`, with colours read from the element's CSS variables (`--series-0` … `--series-3`). */
export function drawChart(host: HTMLElement, { style, data, width, height }: Drawing): uPlot {
  const color = (name: string) => resolveColor(host, name);
  const axis: uPlot.Axis = {
    stroke: color('--chart-text'),
    grid: { stroke: color('--chart-grid'), width: 1 },
    ticks: { show: false },
    font: `11px ${getComputedStyle(host).fontFamily}`,
  };
  const lines: uPlot.Series[] = style.lines.map(({ name }, index) => ({
    label: name,
    stroke: color(`--series-${index % 4}`),
    width: 1.5,
    dash: DASHES[index % 4],
    spanGaps: true,
    points: { show: (plot) => plot.data[0].length <= 12 },
  }));
  const { edges, bands } = bandsOf(style, color);
  return new uPlot(
    {
      width,
      height,
      padding: [8, 16, 0, 0],
      scales: { x: { time: false }, y: style.isShare ? { range: shareRange } : {} },
      legend: { show: false },
      cursor: { drag: { x: false, y: false } },
      axes: [
        {
          ...axis,
          size: 24,
          space: 60,
          // A step and a half is nowhere.
          ...(data[0].every(Number.isInteger) && { incrs: WHOLE_STEPS }),
          label: style.xLabel,
          labelSize: 16,
          labelGap: 0,
          labelFont: axis.font,
        },
        { ...axis, size: 52, values: (_, splits) => splits.map(style.isShare ? percentText : numberText) },
      ],
      series: [{ label: style.xLabel }, ...lines, ...edges],
      bands,
    },
    data,
    host,
  );
}

/** Around the values with some room, and never beyond what a share can be; a level line is seen against all of it. */
export function shareRange(_: uPlot, low: number | null, high: number | null): [number, number] {
  if (low === null || high === null || low === high) return [0, 1];
  const room = 0.1 * (high - low);
  return [Math.max(0, low - room), Math.min(1, high + room)];
}

/** Two undrawn lines for each band, and the area between them. */
function bandsOf(
  { lines }: ChartStyle,
  color: (name: string) => string,
): { edges: uPlot.Series[]; bands: uPlot.Band[] } {
  const edges: uPlot.Series[] = [];
  const bands: uPlot.Band[] = [];
  lines.forEach(({ hasBand }, index) => {
    if (!hasBand) return;
    const low = 1 + lines.length + edges.length;
    edges.push(...[0, 1].map(() => ({ stroke: 'transparent', width: 0, spanGaps: true, points: { show: false } })));
    bands.push({ series: [low + 1, low], fill: color(`--band-${index % 4}`) });
  });
  return { edges, bands };
}

/** The colour a CSS variable has at `host`, as the canvas understands it: nested variables resolved. */
function resolveColor(host: HTMLElement, name: string): string {
  const probe = document.createElement('span');
  probe.style.color = `var(${name})`;
  host.append(probe);
  const { color } = getComputedStyle(probe);
  probe.remove();
  return color;
}
