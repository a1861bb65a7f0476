import { MarkdownText } from '../../components/markdown-text';
import classes from './answers.module.css';

interface AnswersProps {
  /** Left and right; empty before the first word. */
  texts: readonly string[];
  /** Of the message they answer. */
  number: number;
  isWriting: boolean;
  /** Where texts can distress: they stay covered until this is called. */
  onUncover?: (() => void) | null;
}

const SIDES = ['Left', 'Right'] as const;

/** Two answers side by side, one above the other on phones, while they are written and after. */
export function Answers({ texts, number, isWriting, onUncover = null }: AnswersProps) {
  return (
    <div className={classes.answers}>
      {SIDES.map((side, index) => (
        <section
          key={side}
          className={classes.answer}
          aria-label={`${side} answer to message ${number}`}
          aria-busy={isWriting}
        >
          <h2 className={classes.side}>{side}</h2>
          <div
            className={onUncover ? classes.covered : undefined}
            aria-hidden={onUncover !== null}
            inert={onUncover !== null}
          >
            <AnswerText text={texts[index] ?? ''} isWriting={isWriting} />
          </div>
        </section>
      ))}
      {onUncover && (
        <button type="button" className={classes.uncover} onClick={onUncover}>
          <strong>Covered: this project holds texts that can distress</strong>
          <span>Press Space or click to uncover these answers</span>
        </button>
      )}
    </div>
  );
}

function AnswerText({ text, isWriting }: { text: string; isWriting: boolean }) {
  if (isWriting) {
    // As it comes, without marks: half a table or link would jump into shape and back.
    return (
      <p className={classes.coming} dir="auto">
        {text}
        <span className={classes.cursor} aria-hidden />
      </p>
    );
  }
  if (text.trim() === '') return <p className={classes.nothing}>This answer is empty.</p>;
  return <MarkdownText text={text} />;
}
