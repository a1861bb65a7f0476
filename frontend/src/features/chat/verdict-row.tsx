import { UndoIcon } from '../../components/icons';
import type { VerdictChoice } from './chat-verdicts';
import classes from './verdict-row.module.css';

interface VerdictRowProps {
  choices: readonly VerdictChoice[];
  isSending: boolean;
  onChoose: (choice: VerdictChoice) => void;
}

/** Every verdict as a button with its key, in the places of the labeling screen. */
export function VerdictRow({ choices, isSending, onChoose }: VerdictRowProps) {
  const on = (side: 'left' | 'right' | null) => choices.filter(({ verdict }) => verdict.side === side);
  const shared = { isSending, onChoose };
  return (
    <div className={classes.row}>
      <Group name="Left is" area="left" choices={on('left')} {...shared} />
      <Group name="Neither wins" area="neither" choices={on(null)} {...shared} />
      <Group name="Right is" area="right" choices={on('right')} {...shared} />
    </div>
  );
}

interface GroupProps extends VerdictRowProps {
  name: string;
  area: 'left' | 'neither' | 'right';
}

function Group({ name, area, choices, isSending, onChoose }: GroupProps) {
  if (choices.length === 0) return null;
  return (
    // biome-ignore lint/a11y/useSemanticElements: a fieldset cannot be laid out as a grid area in every browser
    <div className={classes.group} data-area={area} role="group" aria-label={name}>
      <span className={classes.name} aria-hidden>
        {name}
      </span>
      {choices.map((choice) => (
        <button
          key={choice.keys[0]}
          type="button"
          className={classes.choice}
          aria-keyshortcuts={choice.keys[0]}
          aria-disabled={isSending}
          onClick={() => !isSending && onChoose(choice)}
        >
          {area !== 'neither' && <span className={classes.hidden}>{area === 'left' ? 'Left ' : 'Right '}</span>}
          {choice.label}
          <kbd aria-hidden>{choice.keys[0]}</kbd>
        </button>
      ))}
    </div>
  );
}

export function UndoVerdict({ onUndo, isSending }: { onUndo: () => void; isSending: boolean }) {
  return (
    <button type="button" className={classes.undo} aria-disabled={isSending} onClick={() => !isSending && onUndo()}>
      <UndoIcon />
      Undo the last verdict
      <span aria-hidden>
        <kbd>Esc</kbd> <kbd>Z</kbd>
      </span>
    </button>
  );
}
