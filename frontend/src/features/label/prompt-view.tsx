import { Activity, useState } from 'react';
import { MarkdownText } from '../../components/markdown-text';
import type { Message, Pair } from './label-state';
import classes from './prompt-view.module.css';
import { RawText } from './raw-text';

interface PromptViewProps {
  /** The first is on the screen. */
  pairs: readonly Pair[];
  markdown: boolean;
}

/** Turns before the last one are folded away when they are more, or longer, than this. */
const TURNS_SHOWN = 3;
const CHARACTERS_SHOWN = 700;
/** A last turn longer than this is cut until it is opened. */
const LONG_TURN = 1_200;

export function PromptView({ pairs, markdown }: PromptViewProps) {
  return (
    <section className={classes.prompt} aria-label="Prompt">
      {pairs.map((pair, index) => (
        <Activity key={pair.id} mode={index === 0 ? 'visible' : 'hidden'}>
          <Conversation messages={pair.prompt} markdown={markdown} />
        </Activity>
      ))}
    </section>
  );
}

function Conversation({ messages, markdown }: { messages: readonly Message[]; markdown: boolean }) {
  const [unfolded, setUnfolded] = useState(false);
  const foldable = isFoldable(messages);
  const shown = foldable && !unfolded ? messages.slice(-lastTurns(messages)) : messages;
  const earlier = messages.length - lastTurns(messages);
  return (
    <>
      {foldable && (
        <button type="button" className={classes.fold} aria-expanded={unfolded} onClick={() => setUnfolded(!unfolded)}>
          {unfolded ? 'Hide earlier turns' : `Show ${earlier} earlier ${earlier === 1 ? 'turn' : 'turns'}`}
        </button>
      )}
      {shown.map((message, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: turns have no identity but their place from the end
        <Turn key={index - shown.length} message={message} alone={messages.length === 1} markdown={markdown} />
      ))}
    </>
  );
}

const ROLES = { system: 'System', user: 'User', assistant: 'Assistant' } as const;

function Turn({ message, alone, markdown }: { message: Message; alone: boolean; markdown: boolean }) {
  const [opened, setOpened] = useState(false);
  const long = message.content.length > LONG_TURN;
  return (
    <div className={classes.turn} data-role={message.role}>
      <h2 className={classes.role}>{alone ? 'Prompt' : ROLES[message.role]}</h2>
      <div className={long && !opened ? classes.cut : undefined}>
        {markdown ? <MarkdownText text={message.content} /> : <RawText text={message.content} />}
      </div>
      {long && (
        <button type="button" className={classes.fold} aria-expanded={opened} onClick={() => setOpened(!opened)}>
          {opened ? 'Show less' : 'Show all of it'}
        </button>
      )}
    </div>
  );
}

function isFoldable(messages: readonly Message[]): boolean {
  return lastTurns(messages) < messages.length;
}

/** The last turns that fit; at least the last one. */
function lastTurns(messages: readonly Message[]): number {
  let characters = 0;
  const earlier = messages.slice(-TURNS_SHOWN, -1).reverse();
  const fitting = earlier.findIndex(({ content }) => {
    characters += content.length;
    return characters > CHARACTERS_SHOWN;
  });
  return 1 + (fitting < 0 ? earlier.length : fitting);
}
