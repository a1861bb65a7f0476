import type { ReactNode } from 'react';
import classes from './pair-list.module.css';
import { ShowAll } from './show-all';

export interface PairSide {
  key: string;
  /** What is said of the text, above it. */
  head: ReactNode;
  text: string;
  isChosen?: boolean;
}

export interface TextPair {
  key: number;
  prompt: string;
  sides: readonly [PairSide, PairSide];
}

interface PairListProps {
  pairs: readonly TextPair[];
  /** How many are shown at first. */
  first: number;
}

/** Prompts with two completions side by side. Text is shown as text. */
export function PairList({ pairs, first }: PairListProps) {
  return (
    <ShowAll rows={pairs} first={first}>
      {(shown) => (
        <ol className={classes.list}>
          {shown.map(({ key, prompt, sides }) => (
            <li key={key} className={classes.pair}>
              <p className={classes.prompt} dir="auto">
                {prompt}
              </p>
              {sides.map((side) => (
                <div key={side.key} className={classes.side} data-chosen={side.isChosen}>
                  <div className={classes.head}>{side.head}</div>
                  <p className={classes.text} dir="auto">
                    {side.text || <em>empty</em>}
                  </p>
                </div>
              ))}
            </li>
          ))}
        </ol>
      )}
    </ShowAll>
  );
}
