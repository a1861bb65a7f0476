import type { Interval } from '../../lib/api-types';
import type { Point } from '../../lib/series';
import type { ChartSeries } from '../line-chart';

/** A line of estimates with their intervals as a band. */
export function intervalSeries(name: string, points: readonly { at: number; interval: Interval }[]): ChartSeries {
  const column = (pick: 'value' | 'low' | 'high') => points.map(({ at, interval }): Point => [at, interval[pick]]);
  return { name, points: column('value'), band: { low: column('low'), high: column('high') } };
}
