import { type KeyboardEvent, useId, useMemo, useRef, useState } from 'react';
import { piecesOf, type TextRange, trimmedRange } from '../../lib/text-spans';
import { type Span, withSpan } from './details';
import classes from './highlight-text.module.css';
import { FIRST_CURSOR, movedCursor, rangeAt, spanAt, type TextCursor } from './text-cursor';
import { selectedRange } from './text-selection';

interface HighlightTextProps {
  name: string;
  text: string;
  spans: readonly Span[];
  part: string;
  onChange: (spans: Span[]) => void;
  onLeave: () => void;
}

/** The raw text, in which passages are marked good or bad: selected with the mouse, or by keyboard word by word. */
export default function HighlightText({ name, text, spans, part, onChange, onLeave }: HighlightTextProps) {
  const [cursor, setCursor] = useState<TextCursor>(FIRST_CURSOR);
  const [selected, setSelected] = useState<TextRange | null>(null);
  const [focused, setFocused] = useState(false);
  const body = useRef<HTMLDivElement>(null);
  const reason = useRef<HTMLInputElement>(null);
  const help = useId();
  const byKeys = useMemo(() => rangeAt(text, cursor), [text, cursor]);
  const range = selected ?? (focused ? byKeys : null);
  const current = range && spanAt(spans, range);

  const mark = (sign: Span['sign']) => {
    const whole = range && trimmedRange(text, range);
    if (!whole) return;
    onChange(withSpan(spans, { ...whole, sign, reason: current?.reason ?? '' }));
    window.getSelection()?.removeAllRanges();
  };
  const unmark = () => onChange(spans.filter((span) => span !== current));
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const moved = movedCursor(text, cursor, event.key, event.shiftKey);
    if (moved) {
      setCursor(moved);
      setSelected(null);
    } else if (event.key === '+') mark('good');
    else if (event.key === '-' || event.key === '−') mark('bad');
    else if (event.key === 'Delete' && current) unmark();
    else if (event.key === 'Enter' && current) reason.current?.focus();
    else if (event.key === 'Escape') onLeave();
    else return;
    event.preventDefault();
  };
  const takeSelection = () => {
    const found = body.current && selectedRange(body.current, text);
    setSelected(found && trimmedRange(text, found));
  };

  return (
    <div className={classes.highlight}>
      <div
        ref={body}
        role="application"
        aria-label={`Mark passages: ${name}`}
        aria-describedby={help}
        // biome-ignore lint/a11y/noNoninteractiveTabindex: its keys move through the text
        tabIndex={0}
        className={classes.text}
        dir="auto"
        data-part={part}
        onFocus={() => setFocused(true)}
        onBlur={() => setFocused(false)}
        onKeyDown={onKeyDown}
        onMouseUp={takeSelection}
        onTouchEnd={takeSelection}
      >
        <Pieces text={text} spans={spans} range={range} />
      </div>
      <div className={classes.tools}>
        <button type="button" disabled={!range} onMouseDown={keepFocus} onClick={() => mark('good')} data-sign="good">
          + Good
        </button>
        <button type="button" disabled={!range} onMouseDown={keepFocus} onClick={() => mark('bad')} data-sign="bad">
          − Bad
        </button>
        {current && (
          <>
            <input
              ref={reason}
              className={classes.reason}
              aria-label="Why this passage"
              placeholder="Why? (optional)"
              maxLength={200}
              value={current.reason}
              onFocus={() => setSelected(current)}
              onChange={({ currentTarget }) => {
                const renewed = { ...current, reason: currentTarget.value };
                onChange(spans.map((span) => (span === current ? renewed : span)));
              }}
              onKeyDown={(event) => {
                if (event.key !== 'Enter' && event.key !== 'Escape') return;
                event.preventDefault();
                body.current?.focus();
              }}
            />
            <button type="button" onMouseDown={keepFocus} onClick={unmark}>
              Remove
            </button>
          </>
        )}
        <button type="button" className={classes.done} onClick={onLeave}>
          Done
        </button>
      </div>
      <p id={help} className={classes.help}>
        Select with the mouse, or move with ← → by words and ↑ ↓ by sentences, Shift extends; + and − mark, Delete
        removes, Enter says why, Esc ends.
      </p>
      <p className={classes.spoken} role="status">
        {focused && range ? [...text].slice(range.start, range.end).join('') : ''}
      </p>
    </div>
  );
}

/** A button that acts on the selection must not take it away. */
function keepFocus(event: { preventDefault: () => void }): void {
  event.preventDefault();
}

function Pieces({ text, spans, range }: { text: string; spans: readonly Span[]; range: TextRange | null }) {
  const layers = [
    ...spans.map((span) => ({ ...span, cursor: false })),
    ...(range ? [{ ...range, sign: null, reason: '', cursor: true }] : []),
  ];
  return piecesOf(text, layers).map(({ text: words, layers: over }, index) => {
    const span = over.find(({ cursor }) => !cursor);
    const under = over.some(({ cursor }) => cursor);
    if (!span && !under) return words;
    return (
      // biome-ignore lint/suspicious/noArrayIndexKey: pieces have no other identity and are made anew together
      <mark key={index} className={classes.mark} data-sign={span?.sign ?? undefined} data-cursor={under || undefined}>
        {words}
      </mark>
    );
  });
}
