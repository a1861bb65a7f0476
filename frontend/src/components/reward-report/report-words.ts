/** The headline of each section of a reward model's report, and how bad it is: numbers in, words out. */

import type { Interval, Probe, RewardModelReport } from '../../lib/api-types';
import { countText, numberText, percentText, pointsText } from '../../lib/number-text';
import type { Tone } from '../../lib/round-steps';
import { naiveRules } from './naive-rules';
import { PROBE_WORDS, probeState } from './probe-words';

export interface Headline {
  text: string;
  tone: Tone;
}

/** Beyond this a probability cannot be taken at its word. */
const HIGH_CALIBRATION_ERROR = 0.1;
/** A final loss that stands this far above the least one has been over-trained. */
const OVERTRAINED_RATIO = 1.3;
/** η of somebody who answers at random. */
const GUESSING = 0.5;

/** `74 % (70–78 %)`. */
export function shareText({ value, low, high }: Interval): string {
  return `${whole(value)} % (${whole(low)}–${whole(high)} %)`;
}

function whole(share: number): string {
  return (share * 100).toFixed(0);
}

export function accuracyHeadline(report: RewardModelReport): Headline {
  const { accuracy } = report;
  const naive = Math.max(...naiveRules(report).map(({ interval }) => interval.value));
  const above = `${shareText(accuracy)}, ${pointsText(accuracy.value - naive)} points against the best naive rule`;
  if (accuracy.low > naive) return { text: above, tone: 'good' };
  if (accuracy.value > naive) return { text: `${above}: not clearly better`, tone: 'warn' };
  return { text: `${above}: no better`, tone: 'bad' };
}

/** Slices whose whole interval lies below the accuracy of all. */
export function weakSlices({ slices = [], accuracy }: RewardModelReport) {
  return slices.filter((slice) => slice.accuracy.high < accuracy.value);
}

export function sliceHeadline(report: RewardModelReport): Headline {
  const weak = weakSlices(report).toSorted((one, other) => one.accuracy.value - other.accuracy.value);
  const [worst] = weak;
  if (!worst) return { text: `${countText(report.slices?.length ?? 0, 'part')}, none clearly worse`, tone: 'neutral' };
  return {
    text: `${weak.length} clearly worse; least ${worst.name}, ${shareText(worst.accuracy)}`,
    tone: 'warn',
  };
}

export function calibrationHeadline({ calibration_error: error, top_decile: top }: RewardModelReport): Headline {
  const worst = Math.max(error, top?.calibration_error ?? 0);
  const ofTop = top ? `, ${percentText(top.calibration_error)} in the top tenth` : '';
  return {
    text: `off by ${percentText(error)} on average${ofTop}`,
    tone: worst > HIGH_CALIBRATION_ERROR ? 'warn' : 'neutral',
  };
}

/** What a temperature means, in a sentence. */
export function temperatureWords(temperature: number): string {
  if (temperature > 1.05) return 'Held-out verdicts showed it too sure of itself; its probabilities are drawn in.';
  if (temperature < 0.95) return 'Held-out verdicts showed it too cautious; its probabilities are spread out.';
  return 'Its probabilities needed no correction.';
}

export function probeHeadline({ probes = [] }: RewardModelReport): Headline {
  const alarms = probes.filter(({ alarm }) => alarm);
  if (alarms.length > 0) return { text: `alarm: ${namesOf(alarms)}`, tone: 'bad' };
  const none = `${countText(probes.length, 'probe')}, no alarm`;
  const open = probes.filter((probe) => probeState(probe).tone === 'warn');
  return open.length > 0
    ? { text: `${none}; not ruled out: ${namesOf(open)}`, tone: 'warn' }
    : { text: none, tone: 'good' };
}

function namesOf(probes: readonly Probe[]): string {
  return probes.map(({ name }) => PROBE_WORDS[name].label.toLowerCase()).join(', ');
}

/** The n after which choosing among more makes it clearly worse; null where it does not. */
export function overoptimisedFrom({ best_of_n: points = [] }: RewardModelReport): number | null {
  const best = points.toSorted((one, other) => other.win_rate.value - one.win_rate.value)[0];
  const worse = points.find(({ n, win_rate }) => best && n > best.n && win_rate.high < best.win_rate.low);
  return worse?.n ?? null;
}

export function bestOfNHeadline(report: RewardModelReport): Headline {
  const last = report.best_of_n?.at(-1);
  if (!last) return { text: 'no points', tone: 'neutral' };
  const text = `best of ${last.n}: preferred ${shareText(last.win_rate)}`;
  const turn = overoptimisedFrom(report);
  return turn === null
    ? { text, tone: last.win_rate.low > 0.5 ? 'good' : 'neutral' }
    : { text: `${text}; falls from ${turn} on`, tone: 'bad' };
}

export function driftHeadline({ drift }: RewardModelReport): Headline {
  if (!drift) return { text: 'no predecessor', tone: 'neutral' };
  const change = drift.accuracy_change;
  const flips = `ranks ${shareText(drift.flips)} of the pairs the other way`;
  if (!change) return { text: flips, tone: 'neutral' };
  const tone = change.high < 0 ? 'bad' : change.low > 0 ? 'good' : 'neutral';
  return { text: `${flips}; accuracy ${changeText(change)}`, tone };
}

/** `+2.0 points (−1.0 to +5.0)`. */
export function changeText({ value, low, high }: Interval): string {
  return `${pointsText(value)} points (${pointsText(low)} to ${pointsText(high)})`;
}

export function learningHeadline({ learning_curve: curve }: RewardModelReport): Headline {
  return { text: curve?.says ?? 'no curve', tone: 'neutral' };
}

export function feedbackHeadline({ feedback = {} }: RewardModelReport): Headline {
  const kinds = Object.keys(feedback).length;
  return { text: countText(kinds, 'kind'), tone: 'neutral' };
}

export function labelerHeadline({ labelers = [] }: RewardModelReport): Headline {
  const opposed = labelers.filter(({ reliability }) => reliability.high < GUESSING).length;
  const sided = labelers.filter(({ side_bias: bias }) => bias.low > 0 || bias.high < 0).length;
  const parts = [
    countText(labelers.length, 'labeler'),
    ...(opposed > 0 ? [`${opposed} below chance`] : []),
    ...(sided > 0 ? [`${sided} drawn to one side`] : []),
  ];
  return { text: parts.join(', '), tone: opposed > 0 ? 'bad' : sided > 0 ? 'warn' : 'neutral' };
}

export function groupHeadline({ groups }: RewardModelReport): Headline {
  if (!groups) return { text: 'not asked', tone: 'neutral' };
  return groups.alarm
    ? { text: `two groups disagree on ${percentText(groups.apart)} of the pairs`, tone: 'bad' }
    : { text: 'one', tone: 'good' };
}

export function smoothingHeadline({ smoothing }: RewardModelReport): Headline {
  if (!smoothing) return { text: 'off', tone: 'neutral' };
  const { plain_ratio: plain, smoothed_ratio: smoothed } = smoothing;
  return {
    text: `loss ends at ${numberText(smoothed)} × its least, without at ${numberText(plain)} ×`,
    tone: smoothed > OVERTRAINED_RATIO || smoothed > plain ? 'warn' : 'good',
  };
}

export function selfLabelHeadline({ self_labels: found }: RewardModelReport): Headline {
  if (!found) return { text: 'off', tone: 'neutral' };
  const kept = found.loops.filter((loop) => loop.kept);
  const admitted = kept.reduce((sum, loop) => sum + loop.admitted, 0);
  const undone = found.loops.length - kept.length;
  const text = `${countText(admitted, 'pair')} in ${countText(kept.length, 'loop')}`;
  return undone > 0 ? { text: `${text}; ${undone} rolled back`, tone: 'warn' } : { text, tone: 'neutral' };
}

export function principleHeadline({ principles }: RewardModelReport): Headline {
  if (!principles) return { text: 'none', tone: 'neutral' };
  const ignored = principles.figures.filter(
    ({ accuracy, negated_accuracy: negated }) => (accuracy && accuracy.low <= 0.5) || (negated && negated.low <= 0.5),
  ).length;
  const text = countText(principles.figures.length, 'principle');
  return ignored > 0 ? { text: `${text}, ${ignored} not clearly obeyed`, tone: 'warn' } : { text, tone: 'neutral' };
}
