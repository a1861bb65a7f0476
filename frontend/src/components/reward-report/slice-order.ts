import type { SliceFigures } from '../../lib/api-types';

export const SLICE_ORDERS = [
  { value: 'accuracy', label: 'Worst first' },
  { value: 'n', label: 'Largest first' },
  { value: 'name', label: 'By name' },
] as const;

export type SliceOrder = (typeof SLICE_ORDERS)[number]['value'];

/** Slices in the order asked for. */
export function orderedSlices(slices: readonly SliceFigures[], order: SliceOrder): SliceFigures[] {
  return slices.toSorted((one, other) => {
    const byName = one.name.localeCompare(other.name, 'en', { numeric: true });
    if (order === 'name') return byName;
    const [left, right] = [one.accuracy, other.accuracy];
    return (order === 'n' ? right.n - left.n : left.value - right.value) || byName;
  });
}

/** `labeler: 12` with the name of labeler 12 where it is known; other names as they are. */
export function sliceName(name: string, nameOf: (userId: number) => string): string {
  const id = /^labeler: (\d+)$/.exec(name)?.[1];
  return id ? nameOf(Number(id)) : name;
}
