/** Metric series: merging live points, and the aligned columns a chart draws. */

import { numberText } from './number-text';

export type Point = [step: number, value: number];
export type SeriesByName = Record<string, Point[]>;

/** Adds points to a series that is sorted by step; a step that is already there is replaced (a resumed run repeats steps). */
export function mergePoints(series: readonly Point[], added: readonly Point[]): Point[] {
  const byStep = new Map<number, number>(series);
  for (const [step, value] of added) byStep.set(step, value);
  return [...byStep].sort(([left], [right]) => left - right);
}

export function mergeSeries(base: SeriesByName, added: SeriesByName): SeriesByName {
  const merged: SeriesByName = { ...base };
  for (const [name, points] of Object.entries(added)) merged[name] = mergePoints(merged[name] ?? [], points);
  return merged;
}

/** Columns on one common x axis: x values, then one column per series with null where it has no point. */
export function alignSeries(series: readonly (readonly Point[])[]): [number[], ...(number | null)[][]] {
  const steps = [...new Set(series.flatMap((points) => points.map(([step]) => step)))].sort((a, b) => a - b);
  const columns = series.map((points) => {
    const byStep = new Map<number, number>(points);
    return steps.map((step) => {
      const value = byStep.get(step);
      return value !== undefined && Number.isFinite(value) ? value : null;
    });
  });
  return [steps, ...columns];
}

/** A place on the x axis: steps as they are, other numbers with few digits. */
export function stepText(step: number): string {
  return Number.isInteger(step) ? String(step) : numberText(step);
}

/** At most `count` rows spread evenly, always with the first and the last. */
export function spreadRows<Row>(rows: readonly Row[], count: number): Row[] {
  if (rows.length <= count) return [...rows];
  const picked = new Set<number>();
  for (let index = 0; index < count; index += 1) picked.add(Math.round((index * (rows.length - 1)) / (count - 1)));
  return [...picked].map((index) => rows[index] as Row);
}

export interface ChartGroup {
  title: string;
  unit: string;
  /** `percent` for shares of one. */
  as: 'percent' | 'number';
  names: string[];
}

const GROUPS: { title: string; unit: string; prefix: RegExp }[] = [
  { title: 'Reward', unit: 'in spreads of the reference policy', prefix: /^reward\// },
  { title: 'KL to the reference policy', unit: 'nats per completion', prefix: /^kl\// },
  { title: 'Loss', unit: '', prefix: /loss/ },
  { title: 'Accuracy', unit: 'share', prefix: /accuracy/ },
  { title: 'Completion length', unit: 'tokens', prefix: /^completion\/tokens/ },
  { title: 'Ended by themselves', unit: 'share of completions', prefix: /ended_share$/ },
  { title: 'Outside what the reward model knows', unit: 'share of completions', prefix: /outside_share$/ },
  { title: 'Entropy', unit: 'nats per token', prefix: /entropy$/ },
  { title: 'Gradient norm', unit: '', prefix: /grad_norm$/ },
  { title: 'Learning rate', unit: '', prefix: /(^|\/)(lr|learning_rate)$/ },
];

/** Which series share a chart: known groups first, every other series on its own. */
export function chartGroups(names: readonly string[]): ChartGroup[] {
  const left = new Set(names);
  const groups: ChartGroup[] = [];
  for (const { title, unit, prefix } of GROUPS) {
    const members = [...left].filter((name) => prefix.test(name));
    if (members.length === 0) continue;
    for (const name of members) left.delete(name);
    groups.push({ title, unit, as: unit.startsWith('share') ? 'percent' : 'number', names: members });
  }
  return [...groups, ...[...left].map((name) => ({ title: name, unit: '', as: 'number' as const, names: [name] }))];
}
