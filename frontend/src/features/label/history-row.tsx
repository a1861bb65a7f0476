import { useState } from 'react';
import { ChevronRightIcon } from '../../components/icons';
import { MarkdownText } from '../../components/markdown-text';
import { RelativeTime } from '../../components/relative-time';
import { completionName } from './completion-names';
import { DetailsText } from './details-text';
import { detailsOf, type HistoryEntry, verdictOf } from './history-entry';
import classes from './history-page.module.css';
import type { QuestionForm, Verdict } from './label-state';
import { ReviseVerdict } from './revise-verdict';
import { answerText } from './verdict-keys';

interface HistoryRowProps {
  row: HistoryEntry;
  projectId: number;
  form: QuestionForm | undefined;
  opened: boolean;
  onToggle: () => void;
}

export function HistoryRow({ row, projectId, form, opened, onToggle }: HistoryRowProps) {
  const [revising, setRevising] = useState(false);
  const prompt = row.prompt.at(-1)?.content ?? '';
  return (
    <li className={classes.row}>
      <button type="button" className={classes.summary} aria-expanded={opened} onClick={onToggle}>
        <span className={classes.prompt} dir="auto">
          {prompt}
        </span>
        <span className={classes.given}>{answerText(verdictOf(row), form?.strengths)}</span>
        <span className={classes.when}>
          <RelativeTime at={row.created_at} />
        </span>
        <ChevronRightIcon />
      </button>
      {opened && (
        <div className={classes.details}>
          {revising && form ? (
            <ReviseVerdict row={row} projectId={projectId} form={form} onDone={() => setRevising(false)} />
          ) : (
            <Given row={row} form={form} onRevise={() => setRevising(true)} />
          )}
        </div>
      )}
    </li>
  );
}

interface GivenProps {
  row: HistoryEntry;
  form: QuestionForm | undefined;
  onRevise: () => void;
}

function Given({ row, form, onRevise }: GivenProps) {
  const verdict = verdictOf(row);
  const details = detailsOf(row);
  return (
    <>
      <p className={classes.name}>Prompt</p>
      <MarkdownText text={row.prompt.at(-1)?.content ?? ''} />
      <div className={classes.sides}>
        {row.completions.map(({ text }, index) => {
          const name = completionName(index, row.completions.length);
          const chosen = isChosen(verdict, index);
          return (
            // biome-ignore lint/suspicious/noArrayIndexKey: the place is the identity
            <section key={index} className={classes.side} data-chosen={chosen} aria-label={name}>
              <h2 className={classes.name}>
                {name}
                {verdict.kind === 'rank' ? ` · rank ${verdict.ranking[index] ?? '–'}` : chosen && ' · chosen'}
              </h2>
              {text.trim() ? (
                <MarkdownText text={text} marks={details.completions[index]?.spans} />
              ) : (
                <p className={classes.nothing}>This completion is empty.</p>
              )}
            </section>
          );
        })}
      </div>
      <DetailsText details={details} form={form} />
      <button type="button" className={classes.revise} onClick={onRevise} disabled={!form}>
        Revise
      </button>
    </>
  );
}

function isChosen(verdict: Verdict, index: number): boolean {
  if (verdict.kind === 'rank') return verdict.ranking[index] === 1;
  return verdict.kind === 'prefer' && index === (verdict.side === 'left' ? 0 : 1);
}
