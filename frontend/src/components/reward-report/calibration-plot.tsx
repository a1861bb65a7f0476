import { Text } from '@mantine/core';
import type { RewardModelReport } from '../../lib/api-types';
import { countText, percentText } from '../../lib/number-text';
import { wilsonInterval } from '../../lib/wilson';
import { type Column, DataTable } from '../data-table';
import classes from './calibration-plot.module.css';

const SIZE = 200;
const LEFT = 34;
const BOTTOM = 26;
const TOP = 8;

type Bin = RewardModelReport['calibration'][number];

interface CalibrationPlotProps {
  title: string;
  bins: readonly Bin[];
}

const x = (share: number) => LEFT + share * SIZE;
const y = (share: number) => TOP + (1 - share) * SIZE;

/** Predicted against observed preference shares; on the diagonal the reward model's probabilities mean what they say. */
export function CalibrationPlot({ title, bins }: CalibrationPlotProps) {
  if (bins.length === 0) return null;
  const most = Math.max(...bins.map(({ n }) => n));
  return (
    <figure className={classes.figure}>
      <figcaption>
        <Text size="sm" fw={600}>
          {title}
        </Text>
      </figcaption>
      <svg
        className={classes.plot}
        viewBox={`0 0 ${LEFT + SIZE + 10} ${TOP + SIZE + BOTTOM}`}
        role="img"
        aria-label={`Calibration. ${bins.map(binText).join('; ')}.`}
      >
        <Axes />
        {bins.map((bin) => (
          <Dot key={bin.predicted} bin={bin} most={most} />
        ))}
      </svg>
      <details className={classes.details}>
        <summary>Numbers of “{title}”</summary>
        <DataTable
          caption={`Numbers of ${title}`}
          columns={COLUMNS}
          rows={bins}
          rowKey={({ predicted }) => predicted}
        />
      </details>
    </figure>
  );
}

function Axes() {
  return (
    <>
      {[0, 0.5, 1].map((share) => (
        <g key={share} className={classes.axis}>
          <line x1={x(share)} y1={y(0)} x2={x(share)} y2={y(1)} />
          <line x1={x(0)} y1={y(share)} x2={x(1)} y2={y(share)} />
          <text x={x(share)} y={y(0) + 14} textAnchor="middle">
            {share}
          </text>
          <text x={x(0) - 5} y={y(share) + 4} textAnchor="end">
            {share}
          </text>
        </g>
      ))}
      <line className={classes.diagonal} x1={x(0)} y1={y(0)} x2={x(1)} y2={y(1)} />
      <text className={classes.label} x={x(0.5)} y={TOP + SIZE + BOTTOM - 1} textAnchor="middle">
        predicted
      </text>
      <text className={classes.label} transform={`translate(9 ${y(0.5)}) rotate(-90)`} textAnchor="middle">
        observed
      </text>
    </>
  );
}

/** One bin; the dot's area grows with its number of preferences. */
function Dot({ bin, most }: { bin: Bin; most: number }) {
  const { low, high } = wilsonInterval(bin.observed, bin.n);
  const place = x(bin.predicted);
  return (
    <g>
      <title>{binText(bin)}</title>
      <line className={classes.whisker} x1={place} y1={y(low)} x2={place} y2={y(high)} />
      <circle className={classes.dot} cx={place} cy={y(bin.observed)} r={2.5 + 4.5 * Math.sqrt(bin.n / most)} />
    </g>
  );
}

const COLUMNS: Column<Bin>[] = [
  { key: 'predicted', header: 'Predicted', numeric: true, cell: ({ predicted }) => percentText(predicted) },
  { key: 'observed', header: 'Observed', numeric: true, cell: observedText },
  { key: 'n', header: 'n', numeric: true, cell: ({ n }) => n.toLocaleString('en') },
];

function observedText({ observed, n }: Bin): string {
  const { low, high } = wilsonInterval(observed, n);
  return `${percentText(observed)} (${(low * 100).toFixed(0)}–${(high * 100).toFixed(0)} %)`;
}

function binText({ predicted, observed, n }: Bin): string {
  return `predicted ${percentText(predicted)}, observed ${percentText(observed)}, ${countText(n, 'preference')}`;
}
