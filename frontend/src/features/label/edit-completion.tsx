import { useState } from 'react';
import DifferenceText from './difference-text';
import classes from './edit-completion.module.css';

interface EditCompletionProps {
  name: string;
  text: string;
  edit: string | null;
  part: string;
  onChange: (edit: string | null) => void;
  onLeave: () => void;
}

/** The corrected completion, with what it changes below it. */
export default function EditCompletion({ name, text, edit, part, onChange, onLeave }: EditCompletionProps) {
  const [difference, setDifference] = useState(true);
  const value = edit ?? text;
  return (
    <div className={classes.editor}>
      <textarea
        className={classes.field}
        aria-label={`Corrected text: ${name}`}
        data-part={part}
        dir="auto"
        value={value}
        rows={Math.min(24, Math.max(5, value.split('\n').length + 2))}
        // A correction that changes nothing is none; nor is an empty one.
        onChange={({ currentTarget }) => onChange(currentTarget.value === text ? null : currentTarget.value)}
        onKeyDown={(event) => {
          if (event.key !== 'Escape') return;
          event.preventDefault();
          onLeave();
        }}
      />
      <div className={classes.tools}>
        <span className={classes.note}>{noteOn(edit)}</span>
        <button type="button" aria-pressed={difference} onClick={() => setDifference(!difference)}>
          Difference
        </button>
        {edit !== null && (
          <button type="button" onClick={() => onChange(null)}>
            Discard
          </button>
        )}
        <button type="button" onClick={onLeave}>
          Done
        </button>
      </div>
      {difference && edit !== null && <DifferenceText text={edit} other={text} removed />}
    </div>
  );
}

function noteOn(edit: string | null): string {
  if (edit === null) return 'Change the text; your version is preferred to this one. Esc ends.';
  return edit.trim() === '' ? 'An empty correction is not sent.' : 'Sent with the verdict as better than the original.';
}
