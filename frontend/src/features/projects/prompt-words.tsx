import type { Message } from '../../lib/api-types';
import classes from './prompt-text.module.css';

/** A conversation in at most three lines, each message with its role where there is more than one. */
export function PromptWords({ messages }: { messages: readonly Message[] }) {
  const text = messages.map(({ role, content }) => (messages.length > 1 ? `${role}: ${content}` : content)).join('\n');
  return (
    <span className={classes.text} dir="auto" title={text.length > 200 ? text : undefined}>
      {text}
    </span>
  );
}
