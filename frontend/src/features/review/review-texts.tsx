import type { ReviewItem } from '../../lib/api-types';
import { completionName } from '../../lib/verdict-words';
import classes from './review-room.module.css';

/** The conversation and the completions in stored order. */
export function ReviewTexts({ item }: { item: ReviewItem }) {
  const completions = [item.completion_a, item.completion_b, ...item.more];
  return (
    <>
      {item.prompt.map((message, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: messages of a prompt never change or move
        <p key={index} className={classes.text} dir="auto">
          <span className={classes.head}>{message.role} </span>
          {message.content}
        </p>
      ))}
      <div className={classes.sides}>
        {completions.map(({ text }, position) => {
          const name = completionName(position);
          return (
            <section key={name} className={classes.side} aria-label={`Completion ${name}`}>
              <p className={classes.head}>{name}</p>
              <p className={classes.text} dir="auto">
                {text || <em>empty</em>}
              </p>
            </section>
          );
        })}
      </div>
    </>
  );
}
