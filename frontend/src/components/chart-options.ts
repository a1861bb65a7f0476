import uPlot from 'uplot';
import 'uplot/dist/uPlot.min.css';
import { numberText } from '../lib/number-text';

interface Drawing {
  names: readonly string[];
  data: uPlot.AlignedData;
  width: number;
  height: number;
}

const DASHES: number[][] = [[], [6, 4], [2, 3], [8, 3, 2, 3]];

/** Draws lines into `host`, with colours read from the element's CSS variables (`--series-0` … `--series-3`). */
export function drawChart(host: HTMLElement, { names, data, width, height }: Drawing): uPlot {
  const color = (name: string) => resolveColor(host, name);
  const axis: uPlot.Axis = {
    stroke: color('--chart-text'),
    grid: { stroke: color('--chart-grid'), width: 1 },
    ticks: { show: false },
    font: `11px ${getComputedStyle(host).fontFamily}`,
  };
  const series: uPlot.Series[] = names.map((name, index) => ({
    label: name,
    stroke: color(`--series-${index % 4}`),
    width: 1.5,
    dash: DASHES[index % 4],
    spanGaps: true,
    points: { show: (plot) => plot.data[0].length <= 12 },
  }));
  return new uPlot(
    {
      width,
      height,
      padding: [8, 8, 0, 0],
      scales: { x: { time: false } },
      legend: { show: false },
      cursor: { drag: { x: false, y: false } },
      axes: [
        { ...axis, size: 28, space: 60 },
        { ...axis, size: 52, values: (_, splits) => splits.map(numberText) },
      ],
      series: [{ label: 'step' }, ...series],
    },
    data,
    host,
  );
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
