import { useWindowEvent } from '@mantine/hooks';
import { digitKey } from '../../lib/digit-key';

/** Keys of the whole page, but for those typed into a field or meant for an open dialog. */
export function useVerdictKeys(onKey: (key: string) => boolean): void {
  useWindowEvent('keydown', (event) => {
    if (event.defaultPrevented || event.isComposing || event.repeat) return;
    if (event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target)) return;
    if (onKey(digitKey(event) ?? (event.key.length === 1 ? event.key.toUpperCase() : event.key)))
      event.preventDefault();
  });
}

function isTyping(target: EventTarget | null): boolean {
  return (
    target instanceof HTMLElement &&
    (target.isContentEditable || target.closest('input, textarea, select, [role=dialog], [role=menuitem]') !== null)
  );
}
