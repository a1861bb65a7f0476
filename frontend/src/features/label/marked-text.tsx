import { piecesOf } from '../../lib/text-spans';
import type { Span } from './details';
import classes from './raw-text.module.css';

interface MarkedTextProps {
  text: string;
  spans: readonly Span[];
}

/** The raw text with its marked passages. */
export default function MarkedText({ text, spans }: MarkedTextProps) {
  return (
    <div className={classes.raw} dir="auto">
      {piecesOf(text, spans).map(({ text: words, layers: [span] }, index) =>
        span ? (
          // biome-ignore lint/suspicious/noArrayIndexKey: pieces have no other identity and are made anew together
          <mark key={index} className={classes.mark} data-sign={span.sign} title={span.reason || undefined}>
            {words}
          </mark>
        ) : (
          words
        ),
      )}
    </div>
  );
}
