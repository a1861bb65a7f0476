import { UndoIcon } from '../../components/icons';
import { KeyCap } from '../../components/key-cap';
import { type VerdictButton, VerdictGroup } from '../../components/verdict-group';
import type { VerdictChoice } from './chat-verdicts';
import classes from './verdict-row.module.css';

interface VerdictRowProps {
  choices: readonly VerdictChoice[];
  isSending: boolean;
  onChoose: (choice: VerdictChoice) => void;
}

/** Every verdict as a button with its key, in the places of the labeling screen. */
export function VerdictRow({ choices, isSending, onChoose }: VerdictRowProps) {
  const on = (side: 'left' | 'right' | null) =>
    choices
      .filter(({ verdict }) => verdict.side === side)
      .map((choice): VerdictButton => {
        const shortcut = choice.keys[0] ?? '';
        return { key: shortcut, label: choice.label, shortcut, onChoose: () => onChoose(choice) };
      });
  return (
    <div className={classes.row}>
      <VerdictGroup name="Left is" area="left" buttons={on('left')} isDisabled={isSending} />
      <VerdictGroup name="Neither wins" area="neither" buttons={on(null)} isDisabled={isSending} />
      <VerdictGroup name="Right is" area="right" buttons={on('right')} isDisabled={isSending} />
    </div>
  );
}

export function UndoVerdict({ onUndo, isSending }: { onUndo: () => void; isSending: boolean }) {
  return (
    <button type="button" className={classes.undo} aria-disabled={isSending} onClick={() => !isSending && onUndo()}>
      <UndoIcon />
      Undo the last verdict
      <span aria-hidden>
        <KeyCap>Esc</KeyCap> <KeyCap>Z</KeyCap>
      </span>
    </button>
  );
}
