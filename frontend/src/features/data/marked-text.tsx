import type { Span } from '../../lib/api-types';
import classes from './data-text.module.css';

interface MarkedTextProps {
  text: string;
  spans: readonly Span[];
}

/** A text with the passages that a labeler marked. Places count code points, not UTF-16 units. */
export function MarkedText({ text, spans }: MarkedTextProps) {
  return (
    <>
      {pieces(text, spans).map(({ start, words, span }) =>
        span ? (
          <mark key={start} className={classes.mark} data-sign={span.sign} title={span.reason || undefined}>
            <span className={classes.sign}>{span.sign === 'good' ? '+' : '−'}</span>
            {words}
            {span.reason && <span className={classes.sign}>({span.reason})</span>}
          </mark>
        ) : (
          <span key={start}>{words}</span>
        ),
      )}
    </>
  );
}

interface Piece {
  start: number;
  words: string;
  span: Span | null;
}

function pieces(text: string, spans: readonly Span[]): Piece[] {
  if (spans.length === 0) return [{ start: 0, words: text, span: null }];
  const points = [...text];
  const found: Piece[] = [];
  let at = 0;
  for (const span of spans.toSorted((one, other) => one.start - other.start)) {
    if (span.start > at) found.push({ start: at, words: points.slice(at, span.start).join(''), span: null });
    found.push({ start: span.start, words: points.slice(span.start, span.end).join(''), span });
    at = span.end;
  }
  if (at < points.length) found.push({ start: at, words: points.slice(at).join(''), span: null });
  return found;
}
