import { type KeyboardEvent, type ReactNode, useRef } from 'react';
import classes from './choice-row.module.css';

export interface RowChoice {
  value: string;
  label: ReactNode;
  /** In full, where the label is short. */
  name?: string;
  title?: string;
  tone?: 'good' | 'bad' | 'warn';
  /** Keys that choose this while the row has the focus, by `KeyboardEvent.key` in upper case. */
  keys?: readonly string[];
}

interface ChoiceRowProps {
  label: string;
  choices: readonly RowChoice[];
  chosen: readonly string[];
  /** `byKey`: with the choice's own key, not by pressing its button. */
  onChoose: (value: string, byKey: boolean) => void;
  /** The name under which the screen finds this row to give it the focus. */
  part: string;
  /** Segments of one scale, or chips that stand alone. */
  look?: 'chips' | 'scale';
  /** The name of a press, as the choices' `keys` spell it. */
  strokeOf: (event: KeyboardEvent) => string | null;
}

/** A row of choices with one tab stop: arrows move, space chooses, and so does each choice's own key. */
export function ChoiceRow({ label, choices, chosen, onChoose, part, look = 'chips', strokeOf }: ChoiceRowProps) {
  const row = useRef<HTMLDivElement>(null);
  const first = choices.find(({ value }) => chosen.includes(value)) ?? choices[0];
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.repeat) return;
    const stroke = strokeOf(event);
    const byKey = choices.find(({ keys }) => stroke !== null && keys?.includes(stroke));
    if (byKey) onChoose(byKey.value, true);
    else if (!moveFocus(row.current, event.key)) return;
    event.preventDefault();
  };
  return (
    // biome-ignore lint/a11y/useSemanticElements: a fieldset cannot be laid out as a flex container everywhere
    <div
      ref={row}
      role="group"
      aria-label={label}
      className={classes.row}
      data-look={look}
      data-part={part}
      onKeyDown={onKeyDown}
    >
      {choices.map(({ value, label: words, name, title, tone, keys }) => (
        <button
          key={value}
          type="button"
          className={classes.choice}
          data-tone={tone}
          aria-pressed={chosen.includes(value)}
          aria-label={name}
          title={title ?? name}
          tabIndex={value === first?.value ? 0 : -1}
          // A click does not take the focus: the row's own keys are for those who came by keyboard.
          onMouseDown={(event) => event.preventDefault()}
          onClick={() => onChoose(value, false)}
        >
          {words}
          {keys?.[0] && <kbd aria-hidden>{keys[0]}</kbd>}
        </button>
      ))}
    </div>
  );
}

function moveFocus(row: HTMLElement | null, key: string): boolean {
  const step = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[key];
  if (step === undefined || !row) return false;
  const buttons = [...row.querySelectorAll('button')];
  const at = buttons.indexOf(document.activeElement as HTMLButtonElement);
  buttons[(at + step + buttons.length) % buttons.length]?.focus();
  return true;
}
