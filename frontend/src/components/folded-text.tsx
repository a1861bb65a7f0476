import { UnstyledButton } from '@mantine/core';
import { useState } from 'react';
import classes from './folded-text.module.css';
import { MarkdownText } from './markdown-text';

interface FoldedTextProps {
  text: string;
  /** Longer texts are folded. */
  characters?: number;
}

/** Model text; a long one shows its beginning, and the whole on demand. */
export function FoldedText({ text, characters = 600 }: FoldedTextProps) {
  const [isOpen, setIsOpen] = useState(false);
  const isLong = text.length > characters;
  if (text === '') return <em>empty</em>;
  // Cut rather than hidden: what is not shown must not be reachable by keyboard either.
  const shown = isLong && !isOpen ? `${text.slice(0, characters)}…` : text;
  return (
    <div className={classes.text}>
      <MarkdownText text={shown} />
      {isLong && (
        <UnstyledButton className={classes.toggle} aria-expanded={isOpen} onClick={() => setIsOpen(!isOpen)}>
          {isOpen ? 'Show less' : `Show all ${text.length.toLocaleString('en')} characters`}
        </UnstyledButton>
      )}
    </div>
  );
}
