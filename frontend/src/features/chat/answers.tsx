import { MarkdownText } from '../../components/markdown-text';
import classes from './answers.module.css';

interface AnswersProps {
  /** Left and right; empty before the first word. */
  texts: readonly string[];
  /** Of the message they answer. */
  number: number;
  isWriting: boolean;
}

const SIDES = ['Left', 'Right'] as const;

/** Two answers side by side, one above the other on phones, while they are written and after. */
export function Answers({ texts, number, isWriting }: AnswersProps) {
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
          <AnswerText text={texts[index] ?? ''} isWriting={isWriting} />
        </section>
      ))}
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
