/** Longer text is shown as it is: parsing it costs more than its layout gains. */
const LONGEST = 30_000;
/** The parser's time grows with the square of the emphasis and link marks in one text … */
const MOST_MARKS = 1_500;
/** … and of the quotes and lists that one line opens. */
const MANY_CONTAINERS = /^[ \t]*(?:>[ \t]*|[*+-][ \t]+|\d{1,9}[.)][ \t]+){30}/m;

/** True when parsing the text as markdown could hold the page up; no text that people would write is like that. */
export function isCostlyMarkdown(text: string): boolean {
  return text.length > LONGEST || (text.match(/[*_~[\]]/g)?.length ?? 0) > MOST_MARKS || MANY_CONTAINERS.test(text);
}
