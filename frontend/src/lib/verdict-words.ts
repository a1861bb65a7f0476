/** Verdicts in words, with completions named by their stored order A, B, C, … */

import { strengthWords } from './scale-words';

export const VERDICT_KINDS = [
  { value: 'prefer', label: 'One preferred' },
  { value: 'tie', label: 'Equally good' },
  { value: 'both_bad', label: 'Both bad' },
  { value: 'both_good', label: 'Both good' },
  { value: 'cannot_judge', label: 'Cannot judge' },
  { value: 'rank', label: 'A ranking' },
] as const;

interface Verdict {
  kind: string;
  winner: string | null;
  strength: number | null;
  ranking?: readonly number[] | null;
}

/** `A much better`, `equally good`, `both bad`, `B > A = C`. */
export function verdictWords({ kind, winner, strength, ranking }: Verdict): string {
  if (kind === 'prefer' && winner) return `${winner.toUpperCase()} ${strengthWords(strength ?? 2)}`;
  if (kind === 'rank' && ranking) return rankingWords(ranking);
  const known = VERDICT_KINDS.find(({ value }) => value === kind);
  return known ? known.label.toLowerCase() : kind.replaceAll('_', ' ');
}

/** The name of a completion by its place in stored order: 0 → `A`. */
export function completionName(position: number): string {
  return String.fromCharCode(65 + position);
}

/** Ranks of A, B, C, … as an order: [2, 1, 2] → `B > A = C`. */
function rankingWords(ranking: readonly number[]): string {
  const places = [...new Set(ranking)].sort((one, other) => one - other);
  return places
    .map((place) => ranking.flatMap((rank, index) => (rank === place ? [completionName(index)] : [])).join(' = '))
    .join(' > ');
}
