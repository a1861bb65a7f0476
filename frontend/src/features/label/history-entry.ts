import type { components } from '../../api/schema';
import type { Strength, Verdict } from './label-state';

export type HistoryEntry = components['schemas']['HistoryOut'];

/** The stored verdict in the words of the labeling screen. */
export function verdictOf({ kind, side, strength }: Pick<HistoryEntry, 'kind' | 'side' | 'strength'>): Verdict {
  if (kind !== 'prefer' || !side) return { kind: kind === 'tie' ? 'tie' : 'both_bad' };
  return { kind, side, strength: isStrength(strength) ? strength : 1 };
}

function isStrength(value: number | null): value is Strength {
  return value === 1 || value === 2 || value === 3;
}
