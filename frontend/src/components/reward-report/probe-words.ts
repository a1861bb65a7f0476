import type { Probe } from '../../lib/api-types';
import { numberText } from '../../lib/number-text';
import type { Tone } from '../../lib/round-steps';

interface ProbeWords {
  label: string;
  /** What to make of an effect above the limit, and of one below it. */
  above: string;
  below: string;
}

const BOTH_SIDES =
  'Rewards cannot see a side, so labelers’ pull to it was learned: switch the crowd model on, which takes it out of their verdicts.';

export const PROBE_WORDS: Record<Probe['name'], ProbeWords> = {
  length: {
    label: 'Length',
    above:
      'Words that say nothing are rewarded. Ask for pairs in which the shorter completion is the better one, and look for labelers who take the longer.',
    below:
      'Length is punished. If brevity is not what is wanted, ask for pairs in which the longer completion is the better one.',
  },
  position: { label: 'Position', above: BOTH_SIDES, below: BOTH_SIDES },
  format: {
    label: 'Formatting',
    above:
      'Formatting is rewarded for itself. Say in the guidelines what it is worth, and ask for pairs that differ in nothing else.',
    below:
      'Formatting is punished. If plain text is not what is wanted, ask for pairs in which the formatted completion is the better one.',
  },
  sycophancy: {
    label: 'Sycophancy',
    above:
      'Agreeing is rewarded for itself. Forbid flattery by a principle, or ask for pairs in which the flattering completion is the worse one.',
    below: 'Agreeing is punished. Ask for pairs in which agreeing is right.',
  },
};

/** What to make of an alarm, and what to do. */
export function probeRemedy({ name, effect, limit }: Probe): string {
  const words = PROBE_WORDS[name];
  return `The whole interval lies beyond ±${numberText(limit)}, so a policy tuned against this reward model would learn it. ${
    effect.value > 0 ? words.above : words.below
  }`;
}

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
