import { completionName } from './completion-names';
import { verdictOf } from './history-entry';
import classes from './receipts-page.module.css';
import type { ReceiptLabel } from './receipts-query';
import { answerText } from './verdict-keys';

/** Own labels with the model's confidence in them; the texts unfold. */
export function ReceiptList({ rows }: { rows: readonly ReceiptLabel[] }) {
  return (
    <ul className={classes.list}>
      {rows.map((row) => (
        <li key={row.preference_id} className={classes.row}>
          <details>
            <summary className={classes.summary}>
              <span className={classes.prompt} dir="auto">
                {row.prompt.at(-1)?.content}
              </span>
              <span className={classes.said}>{answerText(verdictOf(row))}</span>
              <Change before={row.before} after={row.after} />
            </summary>
            <div className={classes.texts}>
              {row.completions.map(({ text }, index) => (
                // biome-ignore lint/suspicious/noArrayIndexKey: the place is the identity
                <section key={index} aria-label={completionName(index, row.completions.length)}>
                  <h3>{completionName(index, row.completions.length)}</h3>
                  <p dir="auto">{text.trim() ? text : 'This completion is empty.'}</p>
                </section>
              ))}
            </div>
            {row.held_out !== null && (
              <p className={classes.note}>
                Without having seen this label, it gave your verdict {percent(row.held_out)}.
              </p>
            )}
          </details>
        </li>
      ))}
    </ul>
  );
}

/** How sure of the verdict before, as a line, and after, as a bar. */
function Change({ before, after }: { before: number | null; after: number }) {
  return (
    <span className={classes.change}>
      <span className={classes.track} aria-hidden>
        <span className={classes.fill} data-for={after >= 0.5} style={{ width: `${100 * after}%` }} />
        {before !== null && <span className={classes.before} style={{ insetInlineStart: `${100 * before}%` }} />}
      </span>
      <span className={classes.words}>
        {before === null ? percent(after) : `${percent(before)} → ${percent(after)}`}
      </span>
    </span>
  );
}

function percent(share: number): string {
  return `${Math.round(100 * share)} %`;
}
