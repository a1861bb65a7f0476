import type { ReactNode } from 'react';
import { SkipIcon, UndoIcon } from '../../components/icons';
import type { KeyMap } from './key-map';
import { strokeText } from './key-stroke';
import type { Answer, QuestionForm, Verdict } from './label-state';
import classes from './verdict-bar.module.css';
import { sameAnswer, type VerdictChoice, verdictChoices } from './verdict-keys';

interface VerdictBarProps {
  form: QuestionForm;
  keys: KeyMap;
  /** Chosen and not sent yet. */
  chosen: Verdict | null;
  canUndo: boolean;
  onAnswer: (answer: Answer) => void;
  onUndo: () => void;
  onSkipWithReason: () => void;
  /** What is still missing, or how to send. */
  hint: ReactNode;
}

/** Every answer as a button with its key, always in the same place. */
export function VerdictBar(props: VerdictBarProps) {
  const { form, keys, chosen, onAnswer, hint } = props;
  const choices = verdictChoices(form);
  const left = choices.filter(({ answer }) => answer.kind === 'prefer' && answer.side === 'left');
  const right = choices.filter(({ answer }) => answer.kind === 'prefer' && answer.side === 'right');
  const neither = choices.filter(({ answer }) => answer.kind !== 'prefer');
  const shared = { keys, chosen, onAnswer };
  return (
    <section className={classes.bar} aria-label="Verdict" data-many={choices.length > 9 || undefined}>
      {hint}
      <UndoButton {...props} />
      <Group name="Left is" area="left" choices={left} {...shared} />
      {neither.length > 0 && <Group name="Neither wins" area="neither" choices={neither} {...shared} />}
      <Group name="Right is" area="right" choices={right} {...shared} />
      <SkipButton {...props} />
    </section>
  );
}

export function UndoButton({ keys, canUndo, onUndo }: Pick<VerdictBarProps, 'keys' | 'canUndo' | 'onUndo'>) {
  const key = strokeText(keys.get('undo')?.[0]);
  return (
    <button
      type="button"
      className={classes.act}
      data-area="undo"
      aria-disabled={!canUndo}
      aria-keyshortcuts={key || undefined}
      onClick={() => canUndo && onUndo()}
    >
      <UndoIcon />
      Undo
      {key && <kbd aria-hidden>{key}</kbd>}
    </button>
  );
}

type SkipButtonProps = Pick<VerdictBarProps, 'form' | 'keys' | 'onAnswer' | 'onSkipWithReason'>;

export function SkipButton({ form, keys, onAnswer, onSkipWithReason }: SkipButtonProps) {
  if (!form.skip) return null;
  const key = strokeText(keys.get('skip')?.[0]);
  return (
    <button
      type="button"
      className={classes.act}
      data-area="skip"
      aria-keyshortcuts={key || undefined}
      title="With shift: skip and say why"
      onClick={(event) => (event.shiftKey ? onSkipWithReason() : onAnswer({ kind: 'skip', reason: '' }))}
    >
      <SkipIcon />
      Skip
      {key && <kbd aria-hidden>{key}</kbd>}
    </button>
  );
}

interface GroupProps {
  name: string;
  area: string;
  choices: VerdictChoice[];
  keys: KeyMap;
  chosen: Verdict | null;
  onAnswer: (answer: Answer) => void;
}

function Group({ name, area, choices, keys, chosen, onAnswer }: GroupProps) {
  return (
    // biome-ignore lint/a11y/useSemanticElements: a fieldset cannot be laid out as a grid area in every browser
    <div className={classes.group} data-area={area} role="group" aria-label={name}>
      <span className={classes.name} aria-hidden>
        {name}
      </span>
      {choices.map(({ command, label, answer }) => {
        const key = strokeText(keys.get(command)?.[0]);
        return (
          <button
            key={command}
            type="button"
            className={classes.choice}
            aria-keyshortcuts={key || undefined}
            aria-pressed={chosen ? sameAnswer(chosen, answer) : undefined}
            onClick={() => onAnswer(answer)}
          >
            <span className={classes.hidden}>{spoken(answer)} </span>
            {label}
            {key && <kbd aria-hidden>{key}</kbd>}
          </button>
        );
      })}
    </div>
  );
}

/** The side, for those who do not see where the button stands. */
function spoken(answer: Answer): string {
  if (answer.kind !== 'prefer') return '';
  return answer.side === 'left' ? 'Left' : 'Right';
}
