import type { Member } from '../../lib/api-types';
import type { Tone } from '../../lib/round-steps';

/** How a member stands in the warm-up, or null before it and where there is none. */
export function warmUpWords({ warmed_up_at: at, warm_up: warmUp }: Member): { label: string; tone: Tone } | null {
  const counts = warmUp ? `${warmUp.correct} of ${warmUp.done} right` : '';
  if (at !== null) return { label: counts ? `Warm-up passed, ${counts}` : 'Let in without a warm-up', tone: 'good' };
  if (!warmUp) return null;
  if (warmUp.passed === false) return { label: `Warm-up missed, ${counts}`, tone: 'bad' };
  if (warmUp.passed) return { label: `Warm-up passed, ${counts}`, tone: 'good' };
  return { label: `In the warm-up, ${warmUp.done} of ${warmUp.of}, ${counts}`, tone: 'active' };
}

/** Groups that members are in or that the qualifications name, in order, each once. */
export function knownGroups(members: readonly Member[], qualifications: Record<string, string> | undefined): string[] {
  const named = [...members.flatMap(({ groups }) => groups), ...Object.values(qualifications ?? {})];
  return [...new Set(named)].sort((one, other) => one.localeCompare(other));
}
