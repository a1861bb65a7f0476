/** Passages of a text. Offsets count Unicode code points unless a name says UTF-16; ends are exclusive. */
export interface TextRange {
  start: number;
  end: number;
}

export function codePointOffset(text: string, utf16: number): number {
  return [...text.slice(0, utf16)].length;
}

export function utf16Offset(text: string, codePoints: number): number {
  let offset = 0;
  for (let passed = 0; passed < codePoints && offset < text.length; passed++) {
    offset += (text.codePointAt(offset) ?? 0) > 0xffff ? 2 : 1;
  }
  return offset;
}

/** The words of a text, or its sentences, by the rules of its language. */
export function segmentsOf(text: string, granularity: 'word' | 'sentence'): TextRange[] {
  const ranges: TextRange[] = [];
  let start = 0;
  for (const { segment, isWordLike } of new Intl.Segmenter(undefined, { granularity }).segment(text)) {
    const end = start + [...segment].length;
    // Symbols, such as emoji, are passages one may want to mark; white space is not.
    if (granularity === 'sentence' || isWordLike || segment.trim() !== '') {
      ranges.push({ start, end: end - trailingSpace(segment) });
    }
    start = end;
  }
  return ranges.filter((range) => range.end > range.start);
}

function trailingSpace(segment: string): number {
  return [...segment].length - [...segment.trimEnd()].length;
}

/** Without white space at its ends; null when nothing is left. */
export function trimmedRange(text: string, { start, end }: TextRange): TextRange | null {
  const points = [...text];
  const isSpace = (index: number) => points[index]?.trim() === '';
  let from = Math.max(0, start);
  let to = Math.min(points.length, end);
  while (from < to && isSpace(from)) from++;
  while (to > from && isSpace(to - 1)) to--;
  return from < to ? { start: from, end: to } : null;
}

export interface Piece<Layer> {
  text: string;
  /** The ranges that cover this piece. */
  layers: Layer[];
}

/** The text cut wherever a range begins or ends; the pieces together are the text. */
export function piecesOf<Layer extends TextRange>(text: string, ranges: readonly Layer[]): Piece<Layer>[] {
  const points = [...text];
  const within = (offset: number) => Math.min(points.length, Math.max(0, offset));
  const cuts = new Set([0, points.length, ...ranges.flatMap(({ start, end }) => [within(start), within(end)])]);
  const sorted = [...cuts].sort((one, other) => one - other);
  return sorted.slice(1).map((end, index) => {
    const start = sorted[index] ?? 0;
    return {
      text: points.slice(start, end).join(''),
      layers: ranges.filter((range) => range.start <= start && end <= range.end),
    };
  });
}
