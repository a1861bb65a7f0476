import type { ReactNode } from 'react';
import type { Tone } from '../lib/round-steps';
import classes from './status-text.module.css';

interface StatusTextProps {
  tone: Tone;
  children: ReactNode;
}

/** A state in words with a coloured dot; the words alone say everything. */
export function StatusText({ tone, children }: StatusTextProps) {
  return (
    <span className={classes.status}>
      <span className={classes.dot} data-tone={tone} aria-hidden />
      {children}
    </span>
  );
}
