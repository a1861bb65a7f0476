import type { Lesson, QuestionForm, Strength, Verdict, WarmUp } from './label-state';
import classes from './lesson-card.module.css';
import { answerText } from './verdict-keys';

interface LessonCardProps {
  lesson: Lesson;
  warmUp: WarmUp | null;
  form: QuestionForm;
  /** The answer could not be delivered yet. */
  waiting: boolean;
  onNext: () => void;
}

/** What was expected of a known pair, and why; the next pair waits until this has been read. */
export default function LessonCard({ lesson, warmUp, form, waiting, onNext }: LessonCardProps) {
  const { feedback, answer } = lesson;
  return (
    <section className={classes.card} aria-label="Feedback" data-correct={feedback?.correct}>
      <div role="status" className={classes.words}>
        <strong>{titleOf(lesson, waiting)}</strong>
        <p>
          You said: {answerText(answer, form.strengths)}.
          {feedback?.expected && !feedback.correct && ` Expected: ${expectedText(feedback.expected, form)}.`}
        </p>
        {feedback?.explanation && <p dir="auto">{feedback.explanation}</p>}
      </div>
      <div className={classes.next}>
        {warmUp && (
          <span className={classes.count}>
            Warm-up {warmUp.done} of {warmUp.of}, {warmUp.correct} right
          </span>
        )}
        <button type="button" data-part="lesson" className={classes.button} onClick={onNext}>
          Next pair <kbd aria-hidden>⏎</kbd>
        </button>
      </div>
    </section>
  );
}

function titleOf({ feedback }: Lesson, waiting: boolean): string {
  if (feedback) return feedback.correct ? 'Right' : 'Not as expected';
  return waiting ? 'Kept on this device; the site will check it when it answers' : 'Checking';
}

function expectedText(expected: NonNullable<NonNullable<Lesson['feedback']>['expected']>, form: QuestionForm): string {
  const { kind, side, strength } = expected;
  if (kind !== 'prefer') return answerText({ kind } as Exclude<Verdict, { kind: 'prefer' | 'rank' }>);
  if (!side) return 'a preference';
  if (!strength) return side === 'left' ? 'left' : 'right';
  return answerText({ kind, side, strength: strength as Strength }, form.strengths).toLowerCase();
}
