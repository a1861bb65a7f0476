/** The words of model versions, in one place. */

import { numberText, percentText } from './number-text';
import type { Tone } from './round-steps';

export type ModelKind = 'policy' | 'reward_model';

export const KIND_LABELS: Record<ModelKind, string> = { policy: 'Policy', reward_model: 'Reward model' };

/** `Policy 3`, `Reward model 2`. */
export function modelName(kind: ModelKind, number: number): string {
  return `${KIND_LABELS[kind]} ${number}`;
}

const STATUS: Record<string, { label: string; tone: Tone }> = {
  active: { label: 'in use', tone: 'good' },
  candidate: { label: 'candidate', tone: 'active' },
  retired: { label: 'retired', tone: 'neutral' },
};

export function modelStatus(status: string): { label: string; tone: Tone } {
  return STATUS[status] ?? { label: status, tone: 'neutral' };
}

const METRIC_LABELS: Record<string, string> = {
  accuracy: 'Held-out accuracy',
  win_rate: 'Win rate',
  people_win_rate: 'Win rate by people',
  log_loss: 'Log-loss',
  preferences: 'Preferences',
  reward: 'Reward',
  kl: 'KL to the reference',
  tokens: 'Length',
  ended_share: 'Ended by itself',
};

const SHARES = new Set(['accuracy', 'win_rate', 'people_win_rate', 'ended_share']);
/** Whole numbers, which the server keeps as floating-point ones. */
const COUNTS = new Set(['preferences']);
const UNITS: Record<string, string> = { kl: 'nats', tokens: 'tokens' };

export interface Metric {
  name: string;
  label: string;
  value: number;
  unit: string;
  isShare: boolean;
  interval: { low: number; high: number; n?: number } | null;
}

/** Metrics in a reader's words; `x_low`, `x_high` and `x_n` become the interval of `x`. */
export function metricsOf(metrics: Record<string, number>): Metric[] {
  return Object.entries(metrics)
    .filter(([name]) => !/_(low|high|n)$/.test(name))
    .map(([name, value]) => {
      const low = metrics[`${name}_low`];
      const high = metrics[`${name}_high`];
      return {
        name,
        label: METRIC_LABELS[name] ?? name.replaceAll('_', ' '),
        value,
        unit: UNITS[name] ?? '',
        isShare: SHARES.has(name),
        interval: low !== undefined && high !== undefined ? { low, high, n: metrics[`${name}_n`] } : null,
      };
    });
}

/** A metric's value with its unit, without its interval. */
export function metricText({ name, value, unit, isShare }: Metric): string {
  if (isShare) return percentText(value);
  if (COUNTS.has(name)) return value.toLocaleString('en');
  return unit ? `${numberText(value)} ${unit}` : numberText(value);
}
