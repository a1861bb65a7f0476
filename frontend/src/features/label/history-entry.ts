import type { components } from '../../api/schema';
import { type AspectAnswer, type Details, emptyDetails, withCompletion } from './details';
import type { Draft, Strength, Verdict } from './label-state';
import { placesOf } from './ranking';

export type HistoryEntry = components['schemas']['HistoryOut'];

/** The stored verdict in the words of the labeling screen. */
export function verdictOf(row: Pick<HistoryEntry, 'kind' | 'side' | 'strength' | 'ranking'>): Verdict {
  const { kind, side, strength, ranking } = row;
  if (kind === 'prefer') return { kind, side: side ?? 'left', strength: isStrength(strength) ? strength : 1 };
  if (kind === 'rank') return { kind, ranking: ranking ?? [] };
  return { kind };
}

function isStrength(value: number | null): value is Strength {
  return value === 1 || value === 2 || value === 3 || value === 4;
}

/** Everything that was given beside the verdict. */
export function detailsOf(row: HistoryEntry): Details {
  const count = row.completions.length;
  const aspects = Object.entries(row.aspects).map(([key, given]) => [key, aspectOf(given)]);
  const details: Details = {
    ...emptyDetails(count),
    aspects: Object.fromEntries(aspects) as Record<string, AspectAnswer>,
    rationale: row.rationale,
  };
  return Array.from({ length: count }, (_, index) => index).reduce((sum, index) => {
    const slot = count > 2 ? String(index) : index === 0 ? 'left' : 'right';
    return withCompletion(sum, index, {
      flags: row.flags[slot] ?? [],
      reasons: row.reasons[slot] ?? [],
      rating: row.ratings[slot] ?? null,
      spans: row.spans[slot] ?? [],
      edit: row.edits[slot] ?? null,
    });
  }, details);
}

function aspectOf({ kind, side, strength }: HistoryEntry['aspects'][string]): AspectAnswer {
  return kind === 'prefer' ? { kind, side: side ?? 'left', strength: strength ?? 1 } : { kind };
}

/** The verdict as it can be changed on the screen. */
export function draftOfEntry(row: HistoryEntry): Draft {
  const verdict = verdictOf(row);
  return { verdict, details: detailsOf(row), places: verdict.kind === 'rank' ? placesOf(verdict.ranking) : [] };
}
