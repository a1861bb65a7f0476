import { SkipIcon, UndoIcon } from '../../components/icons';
import type { Answer, QuestionForm } from './label-state';
import classes from './verdict-bar.module.css';
import { type VerdictChoice, verdictChoices } from './verdict-keys';

interface VerdictBarProps {
  form: QuestionForm;
  canUndo: boolean;
  onAnswer: (answer: Answer) => void;
  onUndo: () => void;
  onSkipWithReason: () => void;
}

/** Every answer as a button with its key, always in the same place. */
export function VerdictBar({ form, canUndo, onAnswer, onUndo, onSkipWithReason }: VerdictBarProps) {
  const choices = verdictChoices(form);
  const left = choices.filter(({ answer }) => answer.kind === 'prefer' && answer.side === 'left');
  const right = choices.filter(({ answer }) => answer.kind === 'prefer' && answer.side === 'right');
  const neither = choices.filter(({ answer }) => answer.kind !== 'prefer');
  return (
    <section className={classes.bar} aria-label="Verdict">
      <button
        type="button"
        className={classes.act}
        data-area="undo"
        aria-disabled={!canUndo}
        aria-keyshortcuts="Z"
        onClick={() => canUndo && onUndo()}
      >
        <UndoIcon />
        Undo
        <kbd aria-hidden>Z</kbd>
      </button>
      <Group name="Left is" area="left" choices={left} onAnswer={onAnswer} />
      {neither.length > 0 && <Group name="Neither wins" area="neither" choices={neither} onAnswer={onAnswer} />}
      <Group name="Right is" area="right" choices={right} onAnswer={onAnswer} />
      {form.skip && (
        <button
          type="button"
          className={classes.act}
          data-area="skip"
          aria-keyshortcuts="S"
          title="With shift: skip and say why"
          onClick={(event) => (event.shiftKey ? onSkipWithReason() : onAnswer({ kind: 'skip', reason: '' }))}
        >
          <SkipIcon />
          Skip
          <kbd aria-hidden>S</kbd>
        </button>
      )}
    </section>
  );
}

interface GroupProps {
  name: string;
  area: string;
  choices: VerdictChoice[];
  onAnswer: (answer: Answer) => void;
}

function Group({ name, area, choices, onAnswer }: GroupProps) {
  return (
    // biome-ignore lint/a11y/useSemanticElements: a fieldset cannot be laid out as a grid area in every browser
    <div className={classes.group} data-area={area} role="group" aria-label={name}>
      <span className={classes.name} aria-hidden>
        {name}
      </span>
      {choices.map(({ key, label, answer }) => (
        <button
          key={key}
          type="button"
          className={classes.choice}
          aria-keyshortcuts={key}
          onClick={() => onAnswer(answer)}
        >
          <span className={classes.hidden}>{spoken(answer)} </span>
          {label}
          <kbd aria-hidden>{key}</kbd>
        </button>
      ))}
    </div>
  );
}

/** The side, for those who do not see where the button stands. */
function spoken(answer: Answer): string {
  if (answer.kind !== 'prefer') return '';
  return answer.side === 'left' ? 'Left' : 'Right';
}
