import type { ReactNode } from 'react';
import classes from './markdown-text.module.css';

/** A passage that somebody marked; offsets count UTF-16 units of the source. */
export interface Mark {
  start: number;
  end: number;
  sign: 'good' | 'bad';
  reason: string;
}

/**
 * The words of a piece of text with its marks.
 *
 * `start`: where the words begin in the source; null where they are not spelled as there, and then they are marked as
 * a whole when a mark touches `within`.
 */
export function markedWords(
  words: string,
  marks: readonly Mark[],
  { start, within }: { start: number | null; within: readonly [number, number] },
): ReactNode {
  const touching = marks.filter((mark) => mark.start < within[1] && within[0] < mark.end);
  if (touching.length === 0) return words;
  if (start === null) return marked(words, touching[0] as Mark, 0);
  const pieces: ReactNode[] = [];
  let at = 0;
  for (const mark of touching) {
    const from = Math.min(words.length, Math.max(at, mark.start - start));
    const to = Math.min(words.length, mark.end - start);
    if (to <= from) continue;
    pieces.push(words.slice(at, from), marked(words.slice(from, to), mark, from));
    at = to;
  }
  return [...pieces, words.slice(at)];
}

/**
 * A formula, marked as a whole when a mark touches it: what is drawn has no place for a part of its source. The marks
 * themselves keep their offsets, and the raw text shows them to the character.
 */
export function markedWhole(
  formula: ReactNode,
  marks: readonly Mark[],
  [start, end]: readonly [number, number],
): ReactNode {
  const touching = marks.find((mark) => mark.start < end && start < mark.end);
  return touching ? marked(formula, touching, 0) : formula;
}

function marked(words: ReactNode, { sign, reason }: Mark, key: number): ReactNode {
  return (
    <mark key={key} className={classes.mark} data-sign={sign} title={reason || undefined}>
      {words}
    </mark>
  );
}
