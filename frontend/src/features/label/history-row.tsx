import { ChevronRightIcon } from '../../components/icons';
import { MarkdownText } from '../../components/markdown-text';
import { RelativeTime } from '../../components/relative-time';
import { type HistoryEntry, verdictOf } from './history-entry';
import classes from './history-page.module.css';
import type { Side } from './label-state';
import { ReviseVerdict } from './revise-verdict';
import { answerText } from './verdict-keys';

interface HistoryRowProps {
  row: HistoryEntry;
  projectId: number;
  opened: boolean;
  onToggle: () => void;
}

export function HistoryRow({ row, projectId, opened, onToggle }: HistoryRowProps) {
  const verdict = verdictOf(row);
  const prompt = row.prompt.at(-1)?.content ?? '';
  return (
    <li className={classes.row}>
      <button type="button" className={classes.summary} aria-expanded={opened} onClick={onToggle}>
        <span className={classes.prompt} dir="auto">
          {prompt}
        </span>
        <span className={classes.given}>{answerText(verdict)}</span>
        <span className={classes.when}>
          <RelativeTime at={row.created_at} />
        </span>
        <ChevronRightIcon />
      </button>
      {opened && (
        <div className={classes.details}>
          <p className={classes.name}>Prompt</p>
          <MarkdownText text={prompt} />
          <div className={classes.sides}>
            <SideText side="left" row={row} />
            <SideText side="right" row={row} />
          </div>
          <ReviseVerdict row={row} projectId={projectId} />
        </div>
      )}
    </li>
  );
}

function SideText({ side, row }: { side: Side; row: HistoryEntry }) {
  const { text } = row[side];
  const chosen = row.kind === 'prefer' && row.side === side;
  return (
    <section className={classes.side} data-chosen={chosen} aria-label={side === 'left' ? 'Left' : 'Right'}>
      <h2 className={classes.name}>
        {side === 'left' ? 'Left' : 'Right'}
        {chosen && ' · chosen'}
      </h2>
      {text.trim() ? <MarkdownText text={text} /> : <p className={classes.nothing}>This completion is empty.</p>}
    </section>
  );
}
