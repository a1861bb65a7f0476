const FRONT_MATTER = /^\uFEFF?---[ \t]*\r?\n(?:.*\r?\n)*?---[ \t]*(?:\r?\n|$)/;

/** A README without the lines for machines that a hub puts above its text, between two lines of `---`. */
export function withoutFrontMatter(text: string): string {
  return text.replace(FRONT_MATTER, '');
}
