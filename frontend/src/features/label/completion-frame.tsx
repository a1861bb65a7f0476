import { Activity, lazy, Suspense } from 'react';
import { MarkdownText } from '../../components/markdown-text';
import classes from './completion-frame.module.css';
import type { Pair, Side } from './label-state';
import { RawText } from './raw-text';
import type { DeskView } from './use-desk-view';

const DifferenceText = lazy(() => import('./difference-text'));

interface CompletionFrameProps {
  side: Side;
  /** The first is on the screen. */
  pairs: readonly Pair[];
  view: Pick<DeskView, 'markdown' | 'difference'>;
  /** Changes when this side was chosen. */
  flash: number | null;
}

export function CompletionFrame({ side, pairs, view, flash }: CompletionFrameProps) {
  return (
    <section className={classes.frame} aria-label={side === 'left' ? 'Left completion' : 'Right completion'}>
      <h2 className={classes.side}>{side === 'left' ? 'Left' : 'Right'}</h2>
      {pairs.map((pair, index) => (
        <Activity key={pair.id} mode={index === 0 ? 'visible' : 'hidden'}>
          <CompletionText pair={pair} side={side} view={view} />
        </Activity>
      ))}
      {flash !== null && <span key={flash} className={classes.flash} aria-hidden />}
    </section>
  );
}

function CompletionText({ pair, side, view }: { pair: Pair; side: Side; view: CompletionFrameProps['view'] }) {
  const text = pair[side];
  if (text.trim() === '') return <p className={classes.nothing}>This completion is empty.</p>;
  if (view.difference) {
    return (
      <Suspense fallback={<RawText text={text} />}>
        <DifferenceText text={text} other={pair[side === 'left' ? 'right' : 'left']} />
      </Suspense>
    );
  }
  return view.markdown ? <MarkdownText text={text} /> : <RawText text={text} />;
}
