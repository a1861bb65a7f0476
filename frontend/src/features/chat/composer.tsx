import { Button, Textarea } from '@mantine/core';
import { type KeyboardEvent, type RefObject, useState } from 'react';
import classes from './composer.module.css';

interface ComposerProps {
  field: RefObject<HTMLTextAreaElement | null>;
  isSending: boolean;
  /** Settles once the message is taken; the text stays where it fails. */
  onSend: (text: string) => Promise<unknown>;
}

const LONGEST = 8000;
const TOLD_FROM = 7000;

/** The next message: Enter sends, Shift and Enter begins a line, Escape leaves the field to the keys of the page. */
export function Composer({ field, isSending, onSend }: ComposerProps) {
  const [text, setText] = useState('');
  const send = async () => {
    if (isSending || text.trim() === '') return;
    try {
      await onSend(text);
      setText('');
    } catch {
      // Said beside the field by whoever sends; the text stays.
    }
  };
  const onKeyDown = (event: KeyboardEvent<HTMLElement>) => {
    if (event.key === 'Escape') event.currentTarget.blur();
    if (event.key !== 'Enter' || event.shiftKey || event.nativeEvent.isComposing) return;
    event.preventDefault();
    void send();
  };
  return (
    <form
      className={classes.composer}
      onSubmit={(event) => {
        event.preventDefault();
        void send();
      }}
    >
      <Textarea
        ref={field}
        className={classes.field}
        aria-label="Your message"
        placeholder="Write to the policy"
        autosize
        minRows={1}
        maxRows={10}
        maxLength={LONGEST}
        value={text}
        onChange={(event) => setText(event.currentTarget.value)}
        onKeyDown={onKeyDown}
        description={
          text.length > TOLD_FROM
            ? `${text.length} of at most ${LONGEST} characters`
            : 'Enter sends, Shift and Enter begins a new line'
        }
        inputWrapperOrder={['input', 'description', 'error']}
      />
      <Button type="submit" loading={isSending} disabled={text.trim() === ''}>
        Send
      </Button>
    </form>
  );
}
