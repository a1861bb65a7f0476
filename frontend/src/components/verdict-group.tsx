import box from './key-button.module.css';
import { KeyCap } from './key-cap';
import classes from './verdict-group.module.css';

export interface VerdictButton {
  key: string;
  label: string;
  /** As it is printed on the key; empty where none is set. */
  shortcut: string;
  /** Whether it is the one chosen, where a choice can be changed before it is sent. */
  isChosen?: boolean;
  onChoose: () => void;
}

interface VerdictGroupProps {
  name: string;
  area: 'left' | 'neither' | 'right';
  buttons: readonly VerdictButton[];
  /** The name is printed above the buttons. */
  isNamed?: boolean;
  isDisabled?: boolean;
}

const SPOKEN = { left: 'Left ', neither: '', right: 'Right ' };

/** Verdicts for one side, or for neither, as buttons with their keys; nothing where there are none. */
export function VerdictGroup({ name, area, buttons, isNamed = true, isDisabled }: VerdictGroupProps) {
  if (buttons.length === 0) return null;
  return (
    // biome-ignore lint/a11y/useSemanticElements: a fieldset cannot be laid out as a grid area in every browser
    <div className={classes.group} data-area={area} role="group" aria-label={name}>
      {isNamed && (
        <span className={classes.name} aria-hidden>
          {name}
        </span>
      )}
      {buttons.map(({ key, label, shortcut, isChosen, onChoose }) => (
        <button
          key={key}
          type="button"
          className={`${box.button} ${classes.choice}`}
          aria-keyshortcuts={shortcut || undefined}
          aria-pressed={isChosen}
          aria-disabled={isDisabled}
          onClick={() => !isDisabled && onChoose()}
        >
          {/* The side, for those who do not see where the button stands. */}
          <span className={classes.hidden}>{SPOKEN[area]}</span>
          {label}
          {shortcut && <KeyCap>{shortcut}</KeyCap>}
        </button>
      ))}
    </div>
  );
}
