import type { ReactNode } from 'react';
import classes from './markdown-text.module.css';

/** A passage that somebody marked; offsets count UTF-16 units of the source. */
export interface Mark {
  start: number;
  end: number;
  sign: 'good' | 'bad';
  reason: string;
}

/** `$$…$$`, or `$…$` without space inside its signs and no digit behind: prices are no formulas. */
const MATH = /\$\$[^$]+\$\$|\$(?!\s)[^$\n]*[^$\s\\]\$(?!\d)/g;

/**
 * The words of a piece of text with its marks and formulas.
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
  if (touching.length === 0) return withMath(words);
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

function marked(words: string, { sign, reason }: Mark, key: number): ReactNode {
  return (
    <mark key={key} className={classes.mark} data-sign={sign} title={reason || undefined}>
      {words}
    </mark>
  );
}

/** Formulas as their source, set apart from the prose: shown exactly as the model wrote them. */
function withMath(words: string): ReactNode {
  if (!words.includes('$')) return words;
  const pieces: ReactNode[] = [];
  let at = 0;
  for (const { 0: formula, index } of words.matchAll(MATH)) {
    pieces.push(
      words.slice(at, index),
      <code key={index} className={classes.math} data-display={formula.startsWith('$$')} dir="ltr">
        {formula}
      </code>,
    );
    at = index + formula.length;
  }
  return at === 0 ? words : [...pieces, words.slice(at)];
}
