import { codePointOffset, type TextRange } from '../../lib/text-spans';

/** The browser's selection inside an element that shows exactly this text; null when nothing of it is selected. */
export function selectedRange(element: HTMLElement, text: string): TextRange | null {
  const selection = window.getSelection();
  if (!selection || selection.isCollapsed || selection.rangeCount === 0) return null;
  const range = selection.getRangeAt(0);
  if (!element.contains(range.startContainer) || !element.contains(range.endContainer)) return null;
  const before = document.createRange();
  before.selectNodeContents(element);
  before.setEnd(range.startContainer, range.startOffset);
  const start = before.toString().length;
  const end = start + range.toString().length;
  return { start: codePointOffset(text, start), end: codePointOffset(text, end) };
}
