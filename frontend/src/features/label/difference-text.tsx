import { diffWordsWithSpace } from 'diff';
import { useMemo } from 'react';
import classes from './raw-text.module.css';

interface DifferenceTextProps {
  text: string;
  other: string;
  /** Shows also what only the other text has, struck through. */
  removed?: boolean;
}

/** Comparing takes time with the product of the lengths: longer texts, and those that share little, are not compared. */
const LONGEST_COMPARED = 20_000;
const MOST_EDITS = 4_000;

/** The text with the words marked that the other completion does not have in this place. */
export default function DifferenceText({ text, other, removed = false }: DifferenceTextProps) {
  const parts = useMemo(() => comparedParts(other, text, removed), [other, text, removed]);
  return (
    <div className={classes.raw} dir="auto">
      {parts === null && <p className={classes.note}>Too different or too long to compare word by word.</p>}
      {parts === null
        ? text
        : parts.map((part, index) =>
            part.removed ? (
              // biome-ignore lint/suspicious/noArrayIndexKey: parts have no other identity and are made anew together
              <del key={index} className={classes.gone}>
                {part.value}
              </del>
            ) : part.added ? (
              // biome-ignore lint/suspicious/noArrayIndexKey: parts have no other identity and are made anew together
              <mark key={index} className={classes.only}>
                {part.value}
              </mark>
            ) : (
              part.value
            ),
          )}
    </div>
  );
}

interface Part {
  value: string;
  added: boolean;
  removed?: boolean;
}

function comparedParts(other: string, text: string, removed: boolean): Part[] | null {
  if (text.length > LONGEST_COMPARED || other.length > LONGEST_COMPARED) return null;
  const changes = diffWordsWithSpace(other, text, { maxEditLength: MOST_EDITS });
  if (!changes) return null;
  return removed ? changes : joined(changes.filter((change) => !change.removed));
}

/** Marks that only a space keeps apart become one. */
function joined(parts: readonly Part[]): Part[] {
  const result: Part[] = [];
  parts.forEach(({ value, added }, index) => {
    const between = !added && value.trim() === '' && result.at(-1)?.added === true && parts[index + 1]?.added === true;
    const last = result.at(-1);
    if (last && last.added === (added || between)) last.value += value;
    else result.push({ value, added: added || between });
  });
  return result;
}
