import type { Details } from './details';
import type { Answer, Draft, Side, Verdict } from './label-state';

/** Where each completion of the old order stands in the new one. */
export type Move = readonly number[];

/** How the completions of a comparison moved when it was leased again; null when they are not the same ones. */
export function moveBetween(before: readonly string[], after: readonly string[]): Move | null {
  if (before.length !== after.length) return null;
  const taken = new Set<number>();
  const move: number[] = [];
  // Equal texts stay where they are, as far as they can.
  before.forEach((text, index) => {
    if (after[index] === text) {
      move[index] = index;
      taken.add(index);
    }
  });
  for (const [index, text] of before.entries()) {
    if (move[index] !== undefined) continue;
    const to = after.findIndex((other, place) => other === text && !taken.has(place));
    if (to < 0) return null;
    move[index] = to;
    taken.add(to);
  }
  return move;
}

function movedSide(side: Side, move: Move): Side {
  return move[side === 'left' ? 0 : 1] === 0 ? 'left' : 'right';
}

function movedList<Item>(items: readonly Item[], move: Move): Item[] {
  const result: Item[] = [];
  move.forEach((to, from) => {
    result[to] = items[from] as Item;
  });
  return result;
}

function movedVerdict(verdict: Verdict, move: Move): Verdict {
  if (verdict.kind === 'prefer') return { ...verdict, side: movedSide(verdict.side, move) };
  if (verdict.kind === 'rank') return { kind: 'rank', ranking: movedList(verdict.ranking, move) };
  return verdict;
}

/** The same answer about the same texts, in their new order. */
export function movedAnswer(answer: Answer, move: Move): Answer {
  return answer.kind === 'skip' ? answer : movedVerdict(answer, move);
}

export function movedDetails(details: Details, move: Move): Details {
  const aspects = Object.fromEntries(
    Object.entries(details.aspects).map(([key, answer]) => [
      key,
      answer.kind === 'prefer' ? { ...answer, side: movedSide(answer.side, move) } : answer,
    ]),
  );
  const completions = details.completions.length === move.length ? movedList(details.completions, move) : [];
  return { ...details, aspects, completions };
}

export function movedDraft(draft: Draft, move: Move): Draft {
  return {
    verdict: draft.verdict && movedVerdict(draft.verdict, move),
    details: movedDetails(draft.details, move),
    places: draft.places.map((place) => place.map((index) => move[index] ?? index)),
  };
}
