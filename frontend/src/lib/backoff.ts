const FIRST_MS = 1_000;
const LONGEST_MS = 30_000;

/** Milliseconds to wait before try `attempt` (0 is the first repetition): doubling, at most 30 s, ± 20 % at random. */
export function backoffMs(attempt: number, random: () => number = Math.random): number {
  return Math.round(Math.min(LONGEST_MS, FIRST_MS * 2 ** attempt) * (0.8 + 0.4 * random()));
}
