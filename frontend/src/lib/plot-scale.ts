/** Scales of a drawing: round marks that span the values, and places between them. */

export interface Scale {
  low: number;
  high: number;
  marks: number[];
}

/** From a round number below the values to one above them, with about `count` marks; equal values get room around them. */
export function roundScale(values: readonly number[], count = 4): Scale {
  const finite = values.filter(Number.isFinite);
  const least = finite.length > 0 ? Math.min(...finite) : 0;
  const most = finite.length > 0 ? Math.max(...finite) : 1;
  const room = most > least ? 0 : Math.abs(most) * 0.5 || 0.5;
  const step = roundStep((most - least + 2 * room) / count);
  const first = Math.floor((least - room) / step + 1e-9);
  const last = Math.ceil((most + room) / step - 1e-9);
  // Multiples of the step: a running sum would collect rounding errors.
  const marks = Array.from({ length: last - first + 1 }, (_, index) => tidy((first + index) * step));
  return { low: tidy(first * step), high: tidy(last * step), marks };
}

/** 1, 2 or 5 times a power of ten, not below `size`. */
function roundStep(size: number): number {
  const power = 10 ** Math.floor(Math.log10(size));
  const factor = [1, 2, 5, 10].find((each) => each * power >= size * (1 - 1e-9)) ?? 10;
  return factor * power;
}

function tidy(value: number): number {
  return Number(value.toPrecision(12));
}

/** Where a value stands between `from` and `to`. */
export function placeOf(value: number, { low, high }: Scale, from: number, to: number): number {
  return from + ((value - low) / (high - low)) * (to - from);
}
