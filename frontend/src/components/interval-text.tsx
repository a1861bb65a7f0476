import { Text } from '@mantine/core';
import { minusText } from '../lib/number-text';

interface IntervalTextProps {
  value: number;
  low: number;
  high: number;
  /** Sample size, shown behind the interval. */
  n?: number;
  /** `percent` takes shares of one. */
  as?: 'percent' | 'number';
  digits?: number;
}

/** An estimate with its confidence interval: "63 % (55–71 %, n = 120)". */
export function IntervalText({ value, low, high, n, as = 'percent', digits }: IntervalTextProps) {
  const places = digits ?? (as === 'percent' ? 0 : 2);
  const show = (number: number) => minusText((as === 'percent' ? number * 100 : number).toFixed(places));
  const unit = as === 'percent' ? ' %' : '';
  return (
    <span className="tabular">
      {show(value)}
      {unit}{' '}
      <Text span c="dimmed" size="sm">
        ({show(low)}
        {low < 0 ? ' to ' : '–'}
        {show(high)}
        {unit}
        {n !== undefined && `, n = ${n.toLocaleString('en')}`})
      </Text>
    </span>
  );
}
