import type { Probe } from '../../lib/api-types';
import type { Tone } from '../../lib/round-steps';

interface ProbeWords {
  label: string;
  /** What brings the effect down. */
  remedy: string;
}

export const PROBE_WORDS: Record<Probe['name'], ProbeWords> = {
  length: {
    label: 'Length',
    remedy:
      'Ask for pairs in which the shorter completion is the better one, and look for labelers who take the longer.',
  },
  position: {
    label: 'Position',
    remedy: 'Switch the crowd model on, which takes each labeler’s pull to one side out of their verdicts.',
  },
  format: {
    label: 'Formatting',
    remedy: 'Say in the guidelines what formatting is worth, and ask for pairs that differ in nothing else.',
  },
  sycophancy: {
    label: 'Sycophancy',
    remedy: 'Forbid flattery by a principle, or ask for pairs in which the flattering completion is the worse one.',
  },
};

/** What an effect means beside its limit. */
export function probeState({ effect, limit, alarm }: Probe): { text: string; tone: Tone } {
  if (alarm) return { text: 'alarm', tone: 'bad' };
  if (effect.high > limit || effect.low < -limit) return { text: 'not ruled out', tone: 'warn' };
  return { text: 'within the limit', tone: 'good' };
}

/** Where the bars of all probes begin and end: around zero, and beyond every limit and interval. */
export function probeScale(probes: readonly Probe[]): [number, number] {
  const reach = Math.max(0.1, ...probes.flatMap(({ effect, limit }) => [-effect.low, effect.high, 1.5 * limit]));
  return [-reach, reach];
}
