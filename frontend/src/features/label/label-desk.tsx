import { VisuallyHidden } from '@mantine/core';
import { useDocumentTitle } from '@mantine/hooks';
import { lazy, Suspense, useRef, useState, useSyncExternalStore } from 'react';
import type { Attention } from './attention';
import { DeskNotices } from './desk-notices';
import { DeskToolbar } from './desk-toolbar';
import { EmptyQueue } from './empty-queue';
import classes from './label-desk.module.css';
import type { LabelEngine } from './label-engine';
import type { Answer, LabelState } from './label-state';
import { PairView } from './pair-view';
import { useDeskFocus } from './use-desk-focus';
import { useDeskView } from './use-desk-view';
import { useGuidelinesNotice } from './use-guidelines-notice';
import { type Overlay, useKeyCommands } from './use-key-commands';
import { usePaintTimings } from './use-paint-timings';
import { usePolicyNotice } from './use-policy-notice';
import { useShownSince } from './use-shown-since';
import { VerdictBar } from './verdict-bar';
import { answerText } from './verdict-keys';

const DeskOverlays = lazy(() => import('./desk-overlays'));

interface LabelDeskProps {
  engine: LabelEngine;
  projectId: number;
  attention: Attention;
}

/** The comparison on the screen with everything around it. */
export function LabelDesk({ engine, projectId, attention }: LabelDeskProps) {
  const state = useSyncExternalStore(engine.subscribe, engine.getState);
  const view = useDeskView();
  const [overlay, setOverlay] = useState<Overlay | null>(null);
  const [overlaysLoaded, setOverlaysLoaded] = useState(false);
  const deskRef = useRef<HTMLElement>(null);
  const pair = state.ready[0];
  const shownSince = useShownSince(pair?.id, attention);
  const markPressed = usePaintTimings(pair?.id, deskRef);
  useDeskFocus(deskRef, pair !== undefined);
  useDocumentTitle('Label · Prefloop');
  usePolicyNotice(projectId, engine);
  useGuidelinesNotice(projectId, engine, state.guidelinesNumber, overlay === 'guidelines');

  const answer = (given: Answer) => {
    if (!pair) return;
    markPressed();
    engine.answer(given, attention.activeMs() - shownSince.current);
    window.scrollTo({ top: 0 });
  };
  const undo = () => {
    if (state.past.length === 0) return;
    markPressed();
    engine.undo();
    window.scrollTo({ top: 0 });
  };
  const openOverlay = (name: Overlay | null) => {
    setOverlaysLoaded(true);
    setOverlay(name);
  };
  useKeyCommands({ form: state.form, overlay, openOverlay, answer, undo, view });

  return (
    <section ref={deskRef} className={classes.desk} aria-label="Labeling" tabIndex={-1}>
      <DeskToolbar state={state} projectId={projectId} attention={attention} view={view} onOverlay={openOverlay} />
      <DeskNotices state={state} engine={engine} />
      {pair && state.form ? (
        <>
          <PairView ready={state.ready} last={state.last} view={view} />
          <VerdictBar
            form={state.form}
            canUndo={state.past.length > 0}
            onAnswer={answer}
            onUndo={undo}
            onSkipWithReason={() => openOverlay('skip')}
          />
        </>
      ) : (
        <EmptyQueue state={state} projectId={projectId} engine={engine} onUndo={undo} />
      )}
      <VisuallyHidden role="status" aria-live="polite">
        {announcement(state)}
      </VisuallyHidden>
      {overlaysLoaded && (
        <Suspense>
          <DeskOverlays
            projectId={projectId}
            form={state.form}
            opened={overlay}
            onClose={() => setOverlay(null)}
            onSkip={(reason) => {
              setOverlay(null);
              answer({ kind: 'skip', reason });
            }}
          />
        </Suspense>
      )}
    </section>
  );
}

/** The number makes two equal verdicts in a row two announcements. */
function announcement({ last, ready }: LabelState): string {
  if (!last) return '';
  const what = last.answer === 'undo' ? 'Undone' : answerText(last.answer);
  return `${what}. ${ready.length > 0 ? `Step ${last.count}, next comparison.` : `Step ${last.count}.`}`;
}
