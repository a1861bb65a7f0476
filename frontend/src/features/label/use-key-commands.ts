import { useEffect, useEffectEvent } from 'react';
import { type Command, commandFor } from './key-commands';
import type { Answer, QuestionForm } from './label-state';
import type { DeskView } from './use-desk-view';

export type Overlay = 'guidelines' | 'keys' | 'skip';

interface KeyCommandOptions {
  form: QuestionForm | null;
  overlay: Overlay | null;
  openOverlay: (name: Overlay | null) => void;
  answer: (answer: Answer) => void;
  undo: () => void;
  view: DeskView;
}

/** Before the first claim has told the form only the keys that no form changes are known. */
const NO_FORM: QuestionForm = { strengths: 1, tie: false, both_bad: false, skip: false };

/** The whole screen by keyboard. Keys typed into a field, or while a dialog is open, are not commands. */
export function useKeyCommands(options: KeyCommandOptions): void {
  const onKeyDown = useEffectEvent((event: KeyboardEvent) => {
    if (event.defaultPrevented || isTyping(event.target)) return;
    const command = commandFor(event, options.form ?? NO_FORM);
    if (!command || !isAllowed(command, options.overlay)) return;
    if (isMenuOpen()) return;
    event.preventDefault();
    obey(command, options);
  });
  useEffect(() => {
    const listener = (event: KeyboardEvent) => onKeyDown(event);
    window.addEventListener('keydown', listener);
    return () => window.removeEventListener('keydown', listener);
  }, []);
}

function obey(command: Command, { overlay, openOverlay, answer, undo, view }: KeyCommandOptions): void {
  switch (command.name) {
    case 'answer':
      answer(command.answer);
      break;
    case 'undo':
      undo();
      break;
    case 'skip-with-reason':
      openOverlay('skip');
      break;
    case 'guidelines':
    case 'keys':
      openOverlay(overlay === command.name ? null : command.name);
      break;
    case 'difference':
      view.toggleDifference();
      break;
    case 'markdown':
      view.toggleMarkdown();
      break;
    case 'layout':
      view.toggleLayout();
      break;
  }
}

/** While an overlay is open only the key that closes it again counts. */
function isAllowed(command: Command, overlay: Overlay | null): boolean {
  return overlay === null || command.name === overlay;
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
