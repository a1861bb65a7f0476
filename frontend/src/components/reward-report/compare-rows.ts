import type { Interval, RewardModelReport } from '../../lib/api-types';
import { pointsText, signedText } from '../../lib/number-text';
import { PROBE_WORDS } from './probe-words';

export interface Figure {
  value: number;
  interval: Interval | null;
}

/** Shares, counts and other numbers are written each in their way. */
export type FigureKind = 'percent' | 'count' | 'number';

export interface CompareRow {
  key: string;
  label: string;
  as: FigureKind;
  one: Figure | null;
  other: Figure | null;
  /** One minus the other, in words; empty where one of them is missing. */
  change: string;
  /** Whether the two intervals lie apart; null without intervals. */
  apart: boolean | null;
}

type PickFigure = (report: RewardModelReport) => Interval | number | null | undefined;

interface Measure {
  key: string;
  label: string;
  as: FigureKind;
  pick: PickFigure;
}

const FIXED: readonly Measure[] = [
  { key: 'accuracy', label: 'Accuracy', as: 'percent', pick: ({ accuracy }) => accuracy },
  { key: 'longer', label: 'The longer completion wins', as: 'percent', pick: ({ baseline_longer }) => baseline_longer },
  { key: 'ceiling', label: 'Another person on the same pair', as: 'percent', pick: ({ ceiling }) => ceiling },
  { key: 'loss', label: 'Log-loss', as: 'number', pick: ({ log_loss }) => log_loss },
  { key: 'ece', label: 'Calibration error', as: 'percent', pick: ({ calibration_error }) => calibration_error },
  {
    key: 'top-ece',
    label: 'Calibration error, top tenth',
    as: 'percent',
    pick: ({ top_decile }) => top_decile?.calibration_error,
  },
  { key: 'temperature', label: 'Temperature', as: 'number', pick: ({ temperature }) => temperature },
  { key: 'preferences', label: 'Preferences', as: 'count', pick: ({ preferences }) => preferences },
];

/** Accuracy, calibration, probes and parts of two reports beside each other; what neither has is left out. */
export function compareRows(one: RewardModelReport, other: RewardModelReport): CompareRow[] {
  return [...FIXED, ...probeMeasures(one, other), ...sliceMeasures(one, other)]
    .map(({ pick, as, ...measure }) => {
      const [left, right] = [figure(pick(one)), figure(pick(other))];
      return { ...measure, as, one: left, other: right, change: changeOf(left, right, as), apart: apart(left, right) };
    })
    .filter((row) => row.one !== null || row.other !== null);
}

function probeMeasures(one: RewardModelReport, other: RewardModelReport): Measure[] {
  const names = new Set([...(one.probes ?? []), ...(other.probes ?? [])].map(({ name }) => name));
  return [...names].map((name) => ({
    key: `probe ${name}`,
    label: `Probe: ${PROBE_WORDS[name].label.toLowerCase()}`,
    as: 'number',
    pick: ({ probes = [] }) => probes.find((probe) => probe.name === name)?.effect,
  }));
}

function sliceMeasures(one: RewardModelReport, other: RewardModelReport): Measure[] {
  const names = new Set([...(one.slices ?? []), ...(other.slices ?? [])].map(({ name }) => name));
  return [...names].sort().map((name) => ({
    key: `slice ${name}`,
    label: `Accuracy, ${name}`,
    as: 'percent',
    pick: ({ slices = [] }) => slices.find((slice) => slice.name === name)?.accuracy,
  }));
}

function figure(found: Interval | number | null | undefined): Figure | null {
  if (found === null || found === undefined) return null;
  return typeof found === 'number' ? { value: found, interval: null } : { value: found.value, interval: found };
}

function changeOf(one: Figure | null, other: Figure | null, as: FigureKind): string {
  if (!one || !other) return '';
  const change = one.value - other.value;
  if (as === 'percent') return `${pointsText(change)} points`;
  return signedText(as === 'count' ? change.toLocaleString('en') : change.toFixed(3));
}

function apart(one: Figure | null, other: Figure | null): boolean | null {
  if (!one?.interval || !other?.interval) return null;
  return one.interval.low > other.interval.high || one.interval.high < other.interval.low;
}
