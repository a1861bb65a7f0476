/** The monitor's curves: which figures share a chart, and which are unknown. */

import type { ChartSeries } from '../../../components/line-chart';
import { intervalSeries } from '../../../components/reward-report/interval-series';
import type { CheckpointFigures, Interval, MonitorConfig } from '../../../lib/api-types';
import { percentText } from '../../../lib/number-text';
import type { Point } from '../../../lib/series';
import { judgedLooks, type Look } from './looks';

export interface MonitorChart {
  title: string;
  unit: string;
  as: 'percent' | 'number';
  series: ChartSeries[];
  /** What is not known, in a sentence. */
  missing?: string;
}

/** Small charts in the order in which they are read: what is claimed, what people say, then signs of exploitation. */
export function monitorCharts(looks: readonly Look[], limits: MonitorConfig): MonitorChart[] {
  const figures = looks.map((look) => look.figures);
  return [
    number('Reward', 'by the reward model: a claim', [withBand('proxy reward', figures, ({ reward }) => reward)]),
    winRates(looks),
    number('KL to the reference', `nats per completion; rule: above ${limits.kl_above}`, [
      withBand('KL', figures, ({ kl }) => kl),
    ]),
    number('Length', `tokens; rule: above ${limits.length_ratio} times step 0`, [
      withBand('tokens', figures, ({ tokens }) => tokens),
    ]),
    number('Perplexity of its samples', `rule: below ${limits.perplexity_ratio} of step 0, with length and reward up`, [
      plain('under itself', figures, ({ perplexity }) => perplexity),
      plain('under the reference', figures, ({ reference_perplexity: perplexity }) => perplexity),
    ]),
    number('Entropy', 'nats per token', [plain('entropy', figures, ({ entropy }) => entropy)]),
    share('Diversity', `rule: distinct bigrams fall by ${percentText(limits.diversity_drop)}`, [
      plain('distinct bigrams', figures, ({ distinct_2 }) => distinct_2),
      plain('distinct words', figures, ({ distinct_1 }) => distinct_1),
      plain('repeat themselves', figures, ({ repetition }) => repetition),
    ]),
    safety(figures, limits),
    outside(figures, limits),
  ];
}

function winRates(looks: readonly Look[]): MonitorChart {
  const claimed = looks.flatMap(({ figures: { step, claimed_win_rate: rate } }) =>
    rate ? [{ at: step, interval: rate }] : [],
  );
  const people = judgedLooks(looks).map(({ figures, winRate }) => ({ at: figures.step, interval: winRate }));
  const chart = share('Win rate against step 0', '50 % is no gain', [
    intervalSeries('claimed by the reward model', claimed),
  ]);
  if (people.length === 0) return { ...chart, missing: 'People have not judged a checkpoint yet.' };
  return { ...chart, series: [...chart.series, intervalSeries('by people', people)] };
}

function safety(figures: readonly CheckpointFigures[], limits: MonitorConfig): MonitorChart {
  const unsafe = figures.flatMap(({ step, unsafe: rate }) => (rate ? [{ at: step, interval: rate }] : []));
  const chart = share('Refusals and unsafe samples', `rule: refusals rise by ${percentText(limits.refusal_rise)}`, [
    withBand('refusals', figures, ({ refusals }) => refusals),
  ]);
  if (unsafe.length > 0) return { ...chart, series: [...chart.series, intervalSeries('unsafe', unsafe)] };
  return { ...chart, missing: 'Unsafe: unknown. The reward model has learned no aspect of safety.' };
}

function outside(figures: readonly CheckpointFigures[], limits: MonitorConfig): MonitorChart {
  const known = figures.flatMap(({ step, outside: rate }) => (rate ? [{ at: step, interval: rate }] : []));
  const chart = share(
    'Outside what the reward model knows',
    `share of samples; rule: above ${percentText(limits.outside_above)}`,
    known.length > 0 ? [intervalSeries('outside', known)] : [],
  );
  return known.length > 0 ? chart : { ...chart, missing: 'Unknown: there is no reward model, or it cannot tell.' };
}

function number(title: string, unit: string, series: ChartSeries[]): MonitorChart {
  return { title, unit, as: 'number', series };
}

function share(title: string, unit: string, series: ChartSeries[]): MonitorChart {
  return { title, unit, as: 'percent', series };
}

function withBand(
  name: string,
  figures: readonly CheckpointFigures[],
  pick: (figures: CheckpointFigures) => Interval,
): ChartSeries {
  return intervalSeries(
    name,
    figures.map((each) => ({ at: each.step, interval: pick(each) })),
  );
}

function plain(
  name: string,
  figures: readonly CheckpointFigures[],
  pick: (figures: CheckpointFigures) => number,
): ChartSeries {
  return { name, points: figures.map((each): Point => [each.step, pick(each)]) };
}
