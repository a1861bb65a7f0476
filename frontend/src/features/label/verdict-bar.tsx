import type { ReactNode } from 'react';
import { SkipIcon, UndoIcon } from '../../components/icons';
import box from '../../components/key-button.module.css';
import { KeyCap } from '../../components/key-cap';
import { type VerdictButton, VerdictGroup } from '../../components/verdict-group';
import type { KeyMap } from './key-map';
import { strokeText } from './key-stroke';
import type { Answer, QuestionForm, Verdict } from './label-state';
import classes from './verdict-bar.module.css';
import { sameAnswer, verdictChoices } from './verdict-keys';

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
  const isMany = choices.length > 9;
  const buttons = (isOfGroup: (answer: Answer) => boolean) =>
    choices
      .filter(({ answer }) => isOfGroup(answer))
      .map(
        ({ command, label, answer }): VerdictButton => ({
          key: command,
          label,
          shortcut: strokeText(keys.get(command)?.[0]),
          isChosen: chosen ? sameAnswer(chosen, answer) : undefined,
          onChoose: () => onAnswer(answer),
        }),
      );
  const on = (side: 'left' | 'right') => buttons((answer) => answer.kind === 'prefer' && answer.side === side);
  const neither = buttons(({ kind }) => kind !== 'prefer');
  return (
    <section className={classes.bar} aria-label="Verdict" data-many={isMany || undefined}>
      {hint}
      <UndoButton {...props} />
      <VerdictGroup name="Left is" area="left" buttons={on('left')} />
      <VerdictGroup name="Neither wins" area="neither" buttons={neither} isNamed={!isMany} />
      <VerdictGroup name="Right is" area="right" buttons={on('right')} />
      <SkipButton {...props} />
    </section>
  );
}

export function UndoButton({ keys, canUndo, onUndo }: Pick<VerdictBarProps, 'keys' | 'canUndo' | 'onUndo'>) {
  const key = strokeText(keys.get('undo')?.[0]);
  return (
    <button
      type="button"
      className={`${box.button} ${classes.act}`}
      data-area="undo"
      aria-disabled={!canUndo}
      aria-keyshortcuts={key || undefined}
      onClick={() => canUndo && onUndo()}
    >
      <UndoIcon />
      Undo
      {key && <KeyCap>{key}</KeyCap>}
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
      className={`${box.button} ${classes.act}`}
      data-area="skip"
      aria-keyshortcuts={key || undefined}
      title="With shift: skip and say why"
      onClick={(event) => (event.shiftKey ? onSkipWithReason() : onAnswer({ kind: 'skip', reason: '' }))}
    >
      <SkipIcon />
      Skip
      {key && <KeyCap>{key}</KeyCap>}
    </button>
  );
}
