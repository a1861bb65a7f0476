import type { CommandId } from './key-commands';
import type { KeyMap } from './key-map';
import type { Pair, QuestionForm } from './label-state';
import type { DeskActions } from './use-desk-actions';
import type { DeskView } from './use-desk-view';
import type { DetailParts } from './use-detail-parts';
import { type Overlay, useKeyCommands } from './use-key-commands';
import { verdictOfCommand } from './verdict-keys';

interface DeskCommandsOptions {
  keys: KeyMap;
  form: QuestionForm;
  pair: Pair | undefined;
  /** The feedback of the warm-up stands on the screen. */
  lesson: boolean;
  /** Something must be read before anything can be done. */
  waiting: boolean;
  overlay: Overlay | null;
  openOverlay: (name: Overlay | null) => void;
  actions: DeskActions;
  parts: DetailParts;
  view: DeskView;
  uncover: () => void;
  readLesson: () => void;
}

/** Every key of the labeling screen, obeyed. */
export function useDeskCommands(options: DeskCommandsOptions): void {
  const { keys, overlay, pair, lesson, waiting, actions, readLesson } = options;
  useKeyCommands({
    keys,
    overlay,
    onCommand: (id, tied) => {
      if (!waiting) obey(id, tied, options);
    },
    onSend: () => {
      if (waiting) return false;
      if (lesson) readLesson();
      else if (pair && actions.begun) actions.send();
      else return false;
      return true;
    },
  });
}

function obey(id: CommandId, tied: boolean, options: DeskCommandsOptions): void {
  const { overlay, openOverlay, actions, parts, view, pair, lesson } = options;
  const ways: Partial<Record<CommandId, () => void>> = {
    guidelines: () => openOverlay(overlay === 'guidelines' ? null : 'guidelines'),
    keys: () => openOverlay(overlay === 'keys' ? null : 'keys'),
    difference: view.toggleDifference,
    markdown: view.toggleMarkdown,
    layout: view.toggleLayout,
    together: view.toggleTogether,
    other: () => view.show((view.shown + 1) % (pair?.completions.length ?? 2)),
  };
  const look = ways[id];
  if (look) look();
  // The rest is about the pair that waits behind the feedback.
  else if (lesson) return;
  else if (id === 'undo') actions.undo();
  else if (id === 'uncover') options.uncover();
  else if (id === 'skip-with-reason') {
    if (pair) openOverlay('skip');
  } else if (!parts.obey(id)) judge(id, tied, options);
}

function judge(id: CommandId, tied: boolean, { actions, form }: DeskCommandsOptions): void {
  if (id === 'skip') actions.answer({ kind: 'skip', reason: '' });
  else if (id === 'rank-tie') actions.toggleTying();
  else if (id === 'rank-back') {
    // With nothing placed yet the key means what it means on a pair.
    if (actions.draft.places.length > 0) actions.takeBack();
    else actions.undo();
  } else if (id.startsWith('rank-')) actions.place(Number(id.slice(5)) - 1, tied);
  else {
    const verdict = verdictOfCommand(id, form);
    if (verdict) actions.answer(verdict);
  }
}
