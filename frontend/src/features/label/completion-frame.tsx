import { Activity, type ReactNode, Suspense } from 'react';
import { MarkdownText } from '../../components/markdown-text';
import { lazyPart } from '../../lib/lazy-part';
import classes from './completion-frame.module.css';
import { completionName } from './completion-names';
import type { Span } from './details';
import type { Pair } from './label-state';
import { RawText } from './raw-text';
import type { DeskView } from './use-desk-view';

const DifferenceText = lazyPart(() => import('./difference-text'));
const MarkedText = lazyPart(() => import('./marked-text'));

interface CompletionFrameProps {
  index: number;
  /** The first is on the screen. */
  pairs: readonly Pair[];
  view: Pick<DeskView, 'markdown' | 'difference' | 'together'>;
  /** Changes when this completion was chosen. */
  flash: number | null;
  spans: readonly Span[];
  covered?: boolean;
  /** Beside the name. */
  header?: ReactNode;
  /** In place of the text on the screen, while it is marked or corrected. */
  tool?: ReactNode;
  /** Below the text. */
  footer?: ReactNode;
}

export function CompletionFrame(props: CompletionFrameProps) {
  const { index, pairs, view, flash, spans, covered = false, header, tool, footer } = props;
  const count = pairs[0]?.completions.length ?? 2;
  const name = completionName(index, count);
  return (
    <section className={classes.frame} aria-label={count > 2 ? name : `${name} completion`} data-covered={covered}>
      <header className={classes.head}>
        <h2 className={classes.side}>{count > 2 ? index + 1 : name}</h2>
        {header}
      </header>
      {pairs.map((pair, behind) =>
        behind === 0 && tool ? (
          <Suspense key={pair.id} fallback={<RawText text={pair.completions[index] ?? ''} />}>
            {tool}
          </Suspense>
        ) : (
          <Activity key={pair.id} mode={behind === 0 ? 'visible' : 'hidden'}>
            <CompletionText pair={pair} index={index} view={view} spans={behind === 0 ? spans : []} covered={covered} />
          </Activity>
        ),
      )}
      {footer}
      {flash !== null && <span key={flash} className={classes.flash} aria-hidden />}
    </section>
  );
}

interface CompletionTextProps {
  pair: Pair;
  index: number;
  view: CompletionFrameProps['view'];
  spans: readonly Span[];
  covered: boolean;
}

function CompletionText({ pair, index, view, spans, covered }: CompletionTextProps) {
  const text = pair.completions[index] ?? '';
  if (text.trim() === '') return <p className={classes.nothing}>This completion is empty.</p>;
  return (
    <div
      className={classes.text}
      aria-hidden={covered || undefined}
      data-scrolls={view.together || undefined}
      tabIndex={view.together ? 0 : undefined}
    >
      <ShownText text={text} pair={pair} index={index} view={view} spans={spans} />
    </div>
  );
}

function ShownText({ text, pair, index, view, spans }: Omit<CompletionTextProps, 'covered'> & { text: string }) {
  if (view.difference && pair.completions.length === 2) {
    return (
      <Suspense fallback={<RawText text={text} />}>
        <DifferenceText text={text} other={pair.completions[1 - index] ?? ''} />
      </Suspense>
    );
  }
  if (view.markdown) return <MarkdownText text={text} marks={spans.length > 0 ? spans : undefined} />;
  if (spans.length === 0) return <RawText text={text} />;
  return (
    <Suspense fallback={<RawText text={text} />}>
      <MarkedText text={text} spans={spans} />
    </Suspense>
  );
}
