/** The figures of the quality page in words: what each says, what is normal, and what it needs. */

import type { Interval, LabelerFlag, LabelerQuality } from '../../lib/api-types';

const SIGNALS: Record<LabelerFlag['signal'], string> = {
  gold: 'Known pairs',
  consistency: 'Inconsistent',
  reliability: 'Unreliable',
  position: 'One side',
  length: 'By length',
  format: 'By formatting',
  cycles: 'Circular verdicts',
  speed: 'Too fast',
  straight_lining: 'Same side in a row',
  fatigue: 'Tiring',
};

export function signalWords(signal: LabelerFlag['signal']): string {
  return SIGNALS[signal] ?? signal.replaceAll('_', ' ');
}

export interface Measure {
  key: string;
  label: string;
  help: string;
  interval: Interval | null;
  as: 'percent' | 'number';
  /** What a labeler without the habit has; where the scale of the bar begins and ends. */
  normal?: number;
  scale: readonly [number, number];
  /** What brings the figure where there is none. */
  needs: string;
}

const SHARE = { as: 'percent', scale: [0, 1] } as const;

/** Everything that is measured of a labeler, the most telling first. */
export function measuresOf(labeler: LabelerQuality): Measure[] {
  return [
    {
      ...SHARE,
      key: 'gold',
      label: 'Known pairs',
      help: 'Share of known pairs that were judged as expected.',
      interval: labeler.gold,
      needs: 'known pairs mixed into the work',
    },
    {
      ...SHARE,
      key: 'consistency',
      label: 'Consistency',
      help: 'Share of own earlier pairs that got the same verdict when they were asked again.',
      interval: labeler.consistency,
      needs: 'repeats mixed into the work',
    },
    {
      ...SHARE,
      key: 'agreement',
      label: 'Agreement',
      help: 'Share of verdicts that agree with those of others on the same pair.',
      interval: labeler.agreement_with_others,
      needs: 'pairs that others judged too',
    },
    {
      ...SHARE,
      key: 'reliability',
      label: 'Reliability η',
      help: 'How often the labeler answers what most see and not its opposite, by a model of all labelers together. 50 % is guessing.',
      interval: labeler.reliability,
      normal: 0.5,
      needs: 'pairs that others judged too',
    },
    {
      ...SHARE,
      key: 'left',
      label: 'Left share',
      help: 'How often the left side was taken. Sides are drawn at random: far from 50 % is a habit.',
      interval: labeler.left_share,
      normal: 0.5,
      needs: 'decided verdicts',
    },
    {
      key: 'position',
      label: 'Pull to the left',
      help: 'The same with the quality of the pair taken out, in logits: 0 is none.',
      interval: labeler.position_bias,
      as: 'number',
      normal: 0,
      scale: [-3, 3],
      needs: 'pairs that others judged too',
    },
    {
      ...SHARE,
      key: 'length',
      label: 'Takes the longer',
      help: 'How often a completion of twice the length is taken, all else equal. To be held against the other labelers.',
      interval: labeler.length_bias,
      normal: 0.5,
      needs: 'pairs of different length',
    },
    {
      ...SHARE,
      key: 'format',
      label: 'Takes the formatted',
      help: 'How often a completion with twice the formatting is taken, all else equal.',
      interval: labeler.format_bias,
      normal: 0.5,
      needs: 'pairs of different formatting',
    },
    {
      ...SHARE,
      key: 'ties',
      label: 'Ties',
      help: 'Share of verdicts without a winner.',
      interval: labeler.ties_share,
      needs: 'verdicts',
    },
    {
      ...SHARE,
      key: 'cycles',
      label: 'Circular verdicts',
      help: 'A over B, B over C, and C over A. A coin gives 25 %.',
      interval: labeler.cycle_rate,
      normal: 0.25,
      needs: 'all three pairs of three completions',
    },
    {
      ...SHARE,
      key: 'fast',
      label: 'Too fast',
      help: 'Share of verdicts given faster than the texts can be read.',
      interval: labeler.fast_share,
      needs: 'timed verdicts',
    },
    {
      key: 'fatigue',
      label: 'Change by the hour',
      help: 'How agreement changes with each hour of a session; below 0 it falls.',
      interval: labeler.fatigue,
      as: 'number',
      normal: 0,
      scale: [-1, 1],
      needs: 'sessions of some length',
    },
  ];
}

export type SortKey = 'username' | 'verdicts' | 'gold' | 'consistency' | 'agreement' | 'reliability' | 'flags';

export interface Sorting {
  key: SortKey;
  descending: boolean;
}

/** Labelers in the order asked for; those without the figure come last in either direction. */
export function sortedLabelers(labelers: readonly LabelerQuality[], { key, descending }: Sorting): LabelerQuality[] {
  const sign = descending ? -1 : 1;
  return labelers.toSorted((one, other) => {
    if (key === 'username') return sign * one.username.localeCompare(other.username);
    const [left, right] = [figure(one, key), figure(other, key)];
    if (left === null || right === null) return (left === null ? 1 : 0) - (right === null ? 1 : 0);
    return sign * (left - right) || one.username.localeCompare(other.username);
  });
}

function figure(labeler: LabelerQuality, key: Exclude<SortKey, 'username'>): number | null {
  switch (key) {
    case 'verdicts':
      return labeler.verdicts;
    case 'flags':
      return labeler.flags.length;
    case 'agreement':
      return labeler.agreement_with_others?.value ?? null;
    default:
      return labeler[key]?.value ?? null;
  }
}
