/** A formula found in prose, or the prose between formulas. */
export interface MathPiece {
  /** As it is spelled in the source. */
  source: string;
  /** The formula alone, in TeX; null for prose. */
  tex: string | null;
  display: boolean;
}

/**
 * `$$…$$`, `\[…\]`, `\(…\)`, or `$…$` without space inside its signs and no digit behind: prices are no formulas.
 */
const MATH =
  /\$\$([^$]+)\$\$|\\\[([\s\S]+?)\\\]|\\\(([\s\S]+?)\\\)|\$((?!\s)(?:[^$\n\\]|\\.)*?(?:[^\s$\\]|\\.))\$(?!\d)/g;

/** The pieces of a text that may hold formulas, in order; together they are the text. */
export function mathPieces(text: string): MathPiece[] {
  const pieces: MathPiece[] = [];
  let at = 0;
  const prose = (end: number) => {
    if (end > at) pieces.push({ source: text.slice(at, end), tex: null, display: false });
  };
  for (const match of text.matchAll(MATH)) {
    const [source, dollars, brackets, parentheses, dollar] = match;
    prose(match.index);
    const tex = dollars ?? brackets ?? parentheses ?? dollar ?? '';
    pieces.push({ source, tex, display: dollars !== undefined || brackets !== undefined });
    at = match.index + source.length;
  }
  prose(text.length);
  return pieces;
}

/** Markdown's escapes taken away, as its parser would. */
export function unescaped(markdown: string): string {
  return markdown.replace(/\\([!-/:-@[-`{-~])/g, '$1');
}
