import { lazy, type ReactNode, Suspense } from 'react';
import { mathPieces, unescaped } from '../lib/math-pieces';
import classes from './markdown-text.module.css';

/** A passage that somebody marked; offsets count UTF-16 units of the source. */
export interface Mark {
  start: number;
  end: number;
  sign: 'good' | 'bad';
  reason: string;
}

/** A formula that cannot be drawn stays what it is in the text. */
const MathFormula = lazy(() => import('./math-formula').catch(() => ({ default: FormulaSource })));

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

function marked(words: string, { sign, reason }: Mark, key: number): ReactNode {
  return (
    <mark key={key} className={classes.mark} data-sign={sign} title={reason || undefined}>
      {words}
    </mark>
  );
}

/** The words of a piece of text with its formulas; `spelled` is the piece as the source spells it. */
export function wordsWithMath(words: string, spelled: string): ReactNode {
  if (spelled.length > LONGEST_SEARCHED || !MAY_HOLD_MATH.test(spelled)) return words;
  const pieces = mathPieces(spelled);
  if (pieces.every(({ tex }) => tex === null)) return words;
  return pieces.map(({ source, tex, display }, index) =>
    tex === null ? (
      unescaped(source)
    ) : (
      // biome-ignore lint/suspicious/noArrayIndexKey: pieces have no other identity and are made anew together
      <Suspense key={index} fallback={<FormulaSource source={source} display={display} />}>
        <MathFormula tex={tex} source={source} display={display} />
      </Suspense>
    ),
  );
}

/** Signs without a partner are looked for to the end of the text. */
const LONGEST_SEARCHED = 20_000;
const MAY_HOLD_MATH = /\$|\\[([]/;

/** A formula as the model wrote it, set apart from the prose. */
function FormulaSource({ source, display }: { source: string; display: boolean }) {
  return (
    <code className={classes.math} data-display={display} dir="ltr">
      {source}
    </code>
  );
}
