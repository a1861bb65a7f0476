import type { Verdict } from './label-state';

/** Completions by place, best first; those of one place tie. Indices are of the order shown. */
export type Places = readonly (readonly number[])[];

/** The completion on the next place, or on the last one taken. Placed ones stay where they are. */
export function placed(places: Places, index: number, tied: boolean): Places {
  if (places.some((place) => place.includes(index))) return places;
  const last = places.at(-1);
  return tied && last ? [...places.slice(0, -1), [...last, index]] : [...places, [index]];
}

/** Without the completion that was placed last. */
export function takenBack(places: Places): Places {
  const last = places.at(-1);
  if (!last) return places;
  return last.length > 1 ? [...places.slice(0, -1), last.slice(0, -1)] : places.slice(0, -1);
}

/** One step up or down: from a tie onto a place of its own, from a place of its own into the neighbouring tie. */
export function moved(places: Places, index: number, step: -1 | 1): Places {
  const at = places.findIndex((place) => place.includes(index));
  const place = places[at];
  if (!place) return places;
  if (place.length > 1) {
    const rest = place.filter((one) => one !== index);
    const split = step < 0 ? [[index], rest] : [rest, [index]];
    return [...places.slice(0, at), ...split, ...places.slice(at + 1)];
  }
  const to = at + step;
  if (to < 0 || to >= places.length) return places;
  return places.map((one, n) => (n === to ? [...one, index] : one)).filter((_, n) => n !== at);
}

/** The place of each completion, 1 for the best, dense; null where it has none yet. */
export function ranksOf(places: Places, count: number): (number | null)[] {
  return Array.from({ length: count }, (_, index) => {
    const at = places.findIndex((place) => place.includes(index));
    return at < 0 ? null : at + 1;
  });
}

export function unplaced(places: Places, count: number): number[] {
  return ranksOf(places, count).flatMap((rank, index) => (rank === null ? [index] : []));
}

/** The ranking once it is whole; a single completion that is left takes the last place. */
export function rankVerdict(places: Places, count: number): Verdict | null {
  const left = unplaced(places, count);
  const [only] = left;
  if (left.length > 1 || places.length === 0) return null;
  const whole = only === undefined ? places : placed(places, only, false);
  return { kind: 'rank', ranking: ranksOf(whole, count).map((rank) => rank ?? whole.length) };
}

/** The places of a ranking that was given before. */
export function placesOf(ranking: readonly number[]): Places {
  const ranks = [...new Set(ranking)].sort((one, other) => one - other);
  return ranks.map((rank) => ranking.flatMap((given, index) => (given === rank ? [index] : [])));
}

/** A ranking in words: `2 > 1 = 3`. */
export function rankingText(ranking: readonly number[]): string {
  return placesOf(ranking)
    .map((place) => place.map((index) => index + 1).join(' = '))
    .join(' > ');
}
