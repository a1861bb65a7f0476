/** A formula in a text. Offsets count UTF-16 units and include its signs. */
export interface MathPassage {
  start: number;
  end: number;
  /** Without its signs. */
  tex: string;
  /** On a line of its own. */
  display: boolean;
}

/** What can begin a formula, or hides the signs that follow: an escape, code, a fence. */
const TOKEN = /\\[\s\S]|`+|\$\$?|^[ \t]{0,3}~{3,}/gm;

/** From the opening sign on; what ends no formula is refused at the next opening sign, so that a text is read once. */
const FORMULAS: Record<string, RegExp> = {
  '\\(': /\\\(((?:[^\\]|\\[^()])+)\\\)/y,
  '\\[': /\\\[((?:[^\\]|\\[^[\]])+)\\\]/y,
  $$: /\$\$((?:[^$\\]|\\[\s\S])+)\$\$/y,
  // As pandoc reads it, so that "$5 and $10" are prices: no space inside of the signs, no digit behind.
  $: /\$(?!\s)((?:[^$\\\n]|\\[^\n])*[^$\\\s]|(?:[^$\\\n]|\\[^\n])*\\[^\s])\$(?!\d)/y,
};
const MOST = 200;

/** The formulas of a Markdown text: `$…$`, `$$…$$`, `\(…\)` and `\[…\]` outside of code. */
export function mathPassages(text: string): MathPassage[] {
  const found: MathPassage[] = [];
  if (!/[$\\]/.test(text)) return found;
  let at = 0;
  while (found.length < MOST) {
    TOKEN.lastIndex = at;
    const token = TOKEN.exec(text);
    if (!token) break;
    const passage = passageAt(text, token[0], token.index);
    if (passage) found.push(passage);
    at = passage?.end ?? afterToken(text, token[0], token.index);
  }
  return found;
}

function passageAt(text: string, sign: string, start: number): MathPassage | null {
  const formula = FORMULAS[sign];
  if (!formula) return null;
  formula.lastIndex = start;
  const tex = formula.exec(text)?.[1];
  // A paragraph ends at an empty line, and a formula with it; a quoted line brings signs that are not the formula's.
  if (tex === undefined || tex.trim() === '' || /\n[ \t]*(?:\r?\n|>)/.test(tex)) return null;
  return { start, end: formula.lastIndex, tex, display: sign === '$$' || sign === '\\[' };
}

function afterToken(text: string, token: string, start: number): number {
  const end = start + token.length;
  if (token.startsWith('`')) return afterCode(text, token, end);
  if (!token.endsWith('~')) return end;
  const fence = text.indexOf(`\n${token.trim()}`, end);
  return fence < 0 ? text.length : fence + 1 + token.trim().length;
}

/** Behind the code that a run of backticks opens; behind the run itself when as long a run never follows. */
function afterCode(text: string, run: string, end: number): number {
  for (let at = text.indexOf(run, end); at >= 0; ) {
    let stop = at + run.length;
    if (text[stop] !== '`') return stop;
    while (text[stop] === '`') stop++;
    at = text.indexOf(run, stop);
  }
  const fence =
    run.length >= 3 && /(?:^|\n)[ \t]*$/.test(text.slice(Math.max(0, end - run.length - 5), end - run.length));
  return fence ? text.length : end;
}
