/** Panels over √KL: what was predicted before tuning, and what happened. */

import type { XyPanel, XyPoint, XySeries } from '../../../components/xy-points';
import type { Frontier, Interval, Preflight } from '../../../lib/api-types';
import { numberText } from '../../../lib/number-text';
import { judgedLooks, type Look, sqrtKl } from './looks';

/** The reward and both win rates of each look, in the order of steps, and the curve that people's usually follow. */
export function frontierPanels(looks: readonly Look[], frontier: Frontier | null): XyPanel[] {
  const wins = [claimedWins(looks), peoplesWins(looks)];
  return [rewardPanel([measuredReward(looks)]), winPanel(frontier?.curve ? [...wins, guideOf(frontier.curve)] : wins)];
}

/** Gao et al.'s form, fitted to people's win rates: a guide, no measurement. */
function guideOf({ points }: NonNullable<Frontier['curve']>): XySeries {
  return { name: GUIDE, drawn: 'guide', points: points.map(([x, y]) => ({ x, y, name: `√KL ${numberText(x)}` })) };
}

const GUIDE = 'fitted to people’s win rates';

/** What was predicted by β, and on the same axes what tuning did. */
export function preflightPanels(preflight: Preflight, looks: readonly Look[]): XyPanel[] {
  const predicted = preflight.points.some((point) => point.predicted);
  return [
    rewardPanel([
      forecast('claimed in advance', preflight, ({ claimed }) => ({ value: claimed })),
      measuredReward(looks),
    ]),
    ...(predicted
      ? [
          {
            label: 'Score by people’s verdicts',
            series: [forecast('predicted', preflight, (point) => point.predicted ?? null)],
            level: 0,
          },
        ]
      : []),
    winPanel([peoplesWins(looks)]),
  ];
}

/** Fewest effective samples that a point must rest on to count: ten, or a quarter of fewer than forty. */
export function fewestEffective(samples: number): number {
  return Math.min(10, samples / 4);
}

type Point = Preflight['points'][number];

function forecast(
  name: string,
  { points, samples }: Preflight,
  pick: (point: Point) => { value: number; low?: number; high?: number } | null,
): XySeries {
  const fewest = fewestEffective(samples);
  return {
    name,
    drawn: 'line',
    points: points.flatMap((point): XyPoint[] => {
      const found = pick(point);
      if (!found) return [];
      const isFaint = point.effective_samples < fewest;
      const standing = `${numberText(point.effective_samples)} effective samples${isFaint ? ', too few' : ''}`;
      return [
        {
          x: point.sqrt_kl,
          y: found.value,
          low: found.low,
          high: found.high,
          isFaint,
          name: `β ${numberText(point.beta)}, ${standing}`,
        },
      ];
    }),
  };
}

function measuredReward(looks: readonly Look[]): XySeries {
  const points = looks.map(({ figures }) => pointOf(figures, sqrtKl(figures), figures.reward));
  return { name: 'measured reward', drawn: 'dots', points };
}

function claimedWins(looks: readonly Look[]): XySeries {
  const points = looks.flatMap(({ figures }) =>
    figures.claimed_win_rate ? [pointOf(figures, sqrtKl(figures), figures.claimed_win_rate)] : [],
  );
  return { name: 'win rate claimed by the reward model', drawn: 'dots', points };
}

function peoplesWins(looks: readonly Look[]): XySeries {
  const points = judgedLooks(looks).map(({ figures, winRate }) => pointOf(figures, sqrtKl(figures), winRate));
  return { name: 'win rate by people', drawn: 'dots', points };
}

function pointOf({ step }: { step: number }, x: number, { value, low, high }: Interval): XyPoint {
  return { x, y: value, low, high, name: `step ${step}` };
}

function rewardPanel(series: XySeries[]): XyPanel {
  return { label: 'Reward by the reward model', series };
}

function winPanel(series: XySeries[]): XyPanel {
  return { label: 'Win rate against step 0', as: 'percent', series, level: 0.5 };
}
