/** The label of an aspect, flag or reason by its key; the key itself where the form in force no longer has it. */
export function entryLabel(entries: readonly { key: string; label: string }[], key: string): string {
  return entries.find((entry) => entry.key === key)?.label ?? key.replaceAll('_', ' ');
}
