import { useWindowEvent } from '@mantine/hooks';

/** Hears single keys on the whole page, except those that a field, a button or an open dialog takes itself. */
export function useReviewKeys(onKey: (key: string) => boolean): void {
  useWindowEvent('keydown', (event) => {
    if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return;
    if (isTaken(event.target, event.key) || document.querySelector('[role=dialog]')) return;
    if (onKey(event.key)) event.preventDefault();
  });
}

function isTaken(target: EventTarget | null, key: string): boolean {
  if (!(target instanceof HTMLElement)) return false;
  if (target.isContentEditable || target.matches('textarea, select, input:not([type=checkbox], [type=radio])'))
    return true;
  if (key === 'Enter') return target.matches('a, button, summary');
  return key.startsWith('Arrow') && target.matches('[role=slider], [type=radio]');
}
