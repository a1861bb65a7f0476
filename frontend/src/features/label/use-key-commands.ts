import { useWindowEvent } from '@mantine/hooks';
import type { CommandId } from './key-commands';
import { commandFor, type KeyMap } from './key-map';

export type Overlay = 'guidelines' | 'keys' | 'skip';

interface KeyCommandOptions {
  keys: KeyMap;
  overlay: Overlay | null;
  onCommand: (id: CommandId, tied: boolean) => void;
  /** Enter, or Ctrl or ⌘ with it also inside text fields; false when there is nothing to send. */
  onSend: () => boolean;
}

/** The whole screen by keyboard. Keys typed into a field, or while a dialog is open, are not commands. */
export function useKeyCommands({ keys, overlay, onCommand, onSend }: KeyCommandOptions): void {
  useWindowEvent('keydown', (event) => {
    if (event.defaultPrevented || event.isComposing || isMenuOpen()) return;
    if (event.key === 'Enter') {
      if (overlay === null && !event.repeat && isSend(event) && onSend()) event.preventDefault();
      return;
    }
    if (isTyping(event.target)) return;
    if (event.key === 'Escape' && overlay === null) leaveFocus(event.target);
    const command = commandFor(event, keys);
    if (!command || !isAllowed(command.id, overlay)) return;
    // Space presses the button that has the focus.
    if (event.key === ' ' && event.target instanceof HTMLButtonElement) return;
    event.preventDefault();
    onCommand(command.id, command.tied);
  });
}

/** Enter alone belongs to text fields, and to buttons other than those of a choice. */
function isSend({ ctrlKey, metaKey, altKey, shiftKey, target }: KeyboardEvent): boolean {
  if (altKey || shiftKey) return false;
  if (ctrlKey || metaKey) return true;
  if (isTyping(target) || !(target instanceof Element)) return false;
  return target.closest('a, button, [role=button], [role=menuitem]') === null || target.closest('[data-part]') !== null;
}

/** While an overlay is open only the key that closes it again counts. */
function isAllowed(id: CommandId, overlay: Overlay | null): boolean {
  return overlay === null || id === overlay;
}

function isTyping(target: EventTarget | null): boolean {
  return (
    target instanceof HTMLElement &&
    (target.isContentEditable || target.matches('input, textarea, select, [role=combobox], [role=menuitem]'))
  );
}

function isMenuOpen(): boolean {
  return document.querySelector('[popover][data-open]') !== null;
}

/** From a detail back to the verdict's keys. */
function leaveFocus(target: EventTarget | null): void {
  if (target instanceof HTMLElement && target.closest('[data-part]')) target.blur();
}
