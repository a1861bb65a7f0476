/** The digit of a digit key by its place, for layouts that need shift for digits; undefined for other keys. */
export function digitKey({ code }: { code: string }): string | undefined {
  return /^(?:Digit|Numpad)(\d)$/.exec(code)?.[1];
}
