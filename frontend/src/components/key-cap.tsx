import type { ReactNode } from 'react';
import classes from './key-cap.module.css';

/** The key that does what a button does, for eyes alone: on narrow screens there is no keyboard, and no room. */
export function KeyCap({ children }: { children: ReactNode }) {
  return (
    <kbd aria-hidden className={classes.cap}>
      {children}
    </kbd>
  );
}
