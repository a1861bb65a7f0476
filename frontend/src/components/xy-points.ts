import { numberText, percentText } from '../lib/number-text';

export interface XyPoint {
  x: number;
  y: number;
  /** The interval of `y`. */
  low?: number;
  high?: number;
  /** Drawn faintly: little stands behind it. */
  isFaint?: boolean;
  /** What the point is, such as a step. */
  name: string;
}

export interface XySeries {
  name: string;
  points: readonly XyPoint[];
  /**
   * `line` joins the points with an area for their intervals; `dots` marks each, joined thinly in their order; `guide`
   * is a curve that nobody measured.
   */
  drawn: 'line' | 'dots' | 'guide';
}

export interface XyPanel {
  label: string;
  /** `percent` takes shares of one. */
  as?: 'percent' | 'number';
  series: readonly XySeries[];
  /** A level that means something, such as 50 % for no gain. */
  level?: number;
}

/** A point's value with its interval. */
export function pointText({ y, low, high }: XyPoint, as: XyPanel['as']): string {
  const show = as === 'percent' ? percentText : numberText;
  return low === undefined || high === undefined ? show(y) : `${show(y)} (${show(low)} to ${show(high)})`;
}
