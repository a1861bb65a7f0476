import { segmentsOf, type TextRange } from '../../lib/text-spans';
import type { Span } from './details';

/** Words of a text from `anchor` to `head`, both included; they are counted, not measured. */
export interface TextCursor {
  anchor: number;
  head: number;
}

export const FIRST_CURSOR: TextCursor = { anchor: 0, head: 0 };

/** The passage under the cursor; null in a text without a word. */
export function rangeAt(text: string, { anchor, head }: TextCursor): TextRange | null {
  const words = segmentsOf(text, 'word');
  const first = words[Math.min(anchor, head)];
  const last = words[Math.max(anchor, head)];
  return first && last ? { start: first.start, end: last.end } : null;
}

/** The cursor after a key: arrows move by words and by sentences, Home and End to the ends; null for other keys. */
export function movedCursor(text: string, cursor: TextCursor, key: string, extend: boolean): TextCursor | null {
  const words = segmentsOf(text, 'word');
  const head = movedHead(text, words, cursor.head, key);
  if (head === null) return null;
  const kept = Math.min(words.length - 1, Math.max(0, head));
  return { anchor: extend ? cursor.anchor : kept, head: kept };
}

function movedHead(text: string, words: readonly TextRange[], head: number, key: string): number | null {
  switch (key) {
    case 'ArrowRight':
      return head + 1;
    case 'ArrowLeft':
      return head - 1;
    case 'Home':
      return 0;
    case 'End':
      return words.length - 1;
    case 'ArrowDown':
    case 'ArrowUp':
      return sentenceStart(text, words, head, key === 'ArrowDown' ? 1 : -1);
    default:
      return null;
  }
}

/** The first word of the next sentence, or of this one and then of the one before. */
function sentenceStart(text: string, words: readonly TextRange[], head: number, step: 1 | -1): number {
  const starts = segmentsOf(text, 'sentence')
    .map(({ start }) => words.findIndex((word) => word.start >= start))
    .filter((index) => index >= 0);
  if (step > 0) return starts.find((start) => start > head) ?? words.length - 1;
  return starts.filter((start) => start < head).at(-1) ?? 0;
}

/** The mark that a passage touches. */
export function spanAt(spans: readonly Span[], range: TextRange): Span | null {
  return spans.find(({ start, end }) => start < range.end && range.start < end) ?? null;
}
