import type { RewardModelReport } from '../../lib/api-types';
import { countText, percentText } from '../../lib/number-text';
import classes from './calibration-plot.module.css';

const SIZE = 200;
const LEFT = 34;
const BOTTOM = 26;
const TOP = 8;

interface CalibrationPlotProps {
  bins: RewardModelReport['calibration'];
}

/** Predicted against observed preference shares; on the diagonal the reward model's probabilities mean what they say. */
export function CalibrationPlot({ bins }: CalibrationPlotProps) {
  if (bins.length === 0) return null;
  const most = Math.max(...bins.map(({ n }) => n));
  const x = (share: number) => LEFT + share * SIZE;
  const y = (share: number) => TOP + (1 - share) * SIZE;
  return (
    <figure className={classes.figure}>
      <svg
        className={classes.plot}
        viewBox={`0 0 ${LEFT + SIZE + 10} ${TOP + SIZE + BOTTOM}`}
        role="img"
        aria-label={`Calibration. ${bins.map(binText).join('; ')}.`}
      >
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
        {bins.map((bin) => (
          <circle
            key={bin.predicted}
            className={classes.dot}
            cx={x(bin.predicted)}
            cy={y(bin.observed)}
            r={2.5 + 4.5 * Math.sqrt(bin.n / most)}
          >
            <title>{binText(bin)}</title>
          </circle>
        ))}
        <text className={classes.label} x={x(0.5)} y={TOP + SIZE + BOTTOM - 1} textAnchor="middle">
          predicted
        </text>
        <text className={classes.label} transform={`translate(9 ${y(0.5)}) rotate(-90)`} textAnchor="middle">
          observed
        </text>
      </svg>
    </figure>
  );
}

function binText({ predicted, observed, n }: RewardModelReport['calibration'][number]): string {
  return `predicted ${percentText(predicted)}, observed ${percentText(observed)}, ${countText(n, 'preference')}`;
}
