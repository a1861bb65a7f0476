/** Numbers as readers see them: few digits, never more precision than the data has. */

/** About three significant digits: 1234, 12.3, 0.123, 0.00012. */
export function numberText(value: number | null | undefined): string {
  if (value === null || value === undefined || !Number.isFinite(value)) return '–';
  return value < 0 ? `−${digitsOf(-value)}` : digitsOf(value);
}

function digitsOf(size: number): string {
  if (size === 0) return '0';
  if (size >= 1000) return Math.round(size).toLocaleString('en');
  if (size >= 100) return size.toFixed(0);
  if (size >= 10) return size.toFixed(1);
  if (size >= 1) return size.toFixed(2);
  if (size >= 0.01) return size.toFixed(3);
  return size.toPrecision(2);
}

/** A round number as an axis has it: no more digits than it needs. */
export function markText(value: number): string {
  return minusText(value.toLocaleString('en', { maximumFractionDigits: 6 }));
}

/** A share as a percentage with at most one decimal: 0.625 → 62.5 %. */
export function percentText(value: number | null | undefined): string {
  if (value === null || value === undefined || !Number.isFinite(value)) return '–';
  return `${Number((value * 100).toFixed(1))} %`;
}

/** `1 pair`, `3 pairs`. */
export function countText(count: number, one: string, many = `${one}s`): string {
  return `${count.toLocaleString('en')} ${count === 1 ? one : many}`;
}

/** A change of a share in percentage points, with its sign: 0.021 → +2.1. */
export function pointsText(change: number): string {
  const points = (change * 100).toFixed(1);
  return Number(points) === 0 ? '0' : signedText(points);
}

/** Digits with a typographic minus, and with none before zero. */
export function minusText(digits: string): string {
  return Number(digits) === 0 ? digits.replace('-', '') : digits.replace('-', '−');
}

/** Digits with their sign, plus as well; zero has none. */
export function signedText(digits: string): string {
  const text = minusText(digits);
  return Number(digits) === 0 || text.startsWith('−') ? text : `+${text}`;
}
