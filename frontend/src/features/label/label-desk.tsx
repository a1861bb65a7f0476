import { VisuallyHidden } from '@mantine/core';
import { useDocumentTitle } from '@mantine/hooks';
import { useQuery } from '@tanstack/react-query';
import { type ReactNode, Suspense, useEffect, useMemo, useRef, useState, useSyncExternalStore } from 'react';
import { LoadingState } from '../../components/loading-state';
import { Page } from '../../components/page';
import { lazyPart } from '../../lib/lazy-part';
import type { Attention } from './attention';
import { DeskNotices } from './desk-notices';
import { DeskToolbar } from './desk-toolbar';
import { DeskWork } from './desk-work';
import { keyMapOf } from './key-map';
import classes from './label-desk.module.css';
import type { LabelEngine } from './label-engine';
import type { LabelState } from './label-state';
import { meQuery } from './me-query';
import { NO_FORM } from './no-form';
import { preloadParts } from './preload-parts';
import { useContentWarning } from './use-content-warning';
import { useDeskActions } from './use-desk-actions';
import { useDeskCommands } from './use-desk-commands';
import { useDeskFocus } from './use-desk-focus';
import { useDeskView } from './use-desk-view';
import { useDetailParts } from './use-detail-parts';
import { useGuidelinesNotice } from './use-guidelines-notice';
import { useKeyChoice } from './use-key-choice';
import type { Overlay } from './use-key-commands';
import { usePaintTimings } from './use-paint-timings';
import { usePauseReminder } from './use-pause-reminder';
import { usePolicyNotice } from './use-policy-notice';
import { useShownSince } from './use-shown-since';
import { answerText } from './verdict-keys';

const ContentWarning = lazyPart(() => import('./content-warning'));
const EmptyQueue = lazyPart(() => import('./empty-queue'));
const DeskOverlays = lazyPart(() => import('./desk-overlays'));

interface LabelDeskProps {
  engine: LabelEngine;
  projectId: number;
  attention: Attention;
}

/** The comparison on the screen with everything around it. */
export function LabelDesk({ engine, projectId, attention }: LabelDeskProps) {
  const state = useSyncExternalStore(engine.subscribe, engine.getState);
  const me = useQuery(meQuery(projectId)).data;
  const view = useDeskView();
  const [overlay, setOverlay] = useState<Overlay | null>(null);
  const [overlaysLoaded, setOverlaysLoaded] = useState(false);
  const [uncovered, setUncovered] = useState<number | null>(null);
  const [keyChoice, setKeyChoice] = useKeyChoice();
  const deskRef = useRef<HTMLElement>(null);

  // A known pair of the warm-up stays until its feedback has been read.
  const pair = state.lesson ? undefined : state.ready[0];
  const shown = state.lesson?.pair ?? pair;
  const form = state.form ?? NO_FORM;
  const covered = Boolean(me?.blur) && pair !== undefined && uncovered !== pair.id;
  const ranked = shown && shown.completions.length > 2 ? shown.completions.length : 0;
  const question = useMemo(() => ({ form, ranked, covered }), [form, ranked, covered]);
  const keys = useMemo(() => keyMapOf(question, keyChoice), [question, keyChoice]);
  const shownSince = useShownSince(pair?.id, attention);
  const markPressed = usePaintTimings(shown?.id, deskRef);
  const warning = useContentWarning(projectId, me?.content_warning ?? '');
  const actions = useDeskActions({
    engine,
    state,
    form,
    pair,
    covered,
    desk: deskRef,
    spentMs: () => attention.activeMs() - shownSince.current,
    markPressed,
  });
  const parts = useDetailParts({ form, pair, details: actions.draft.details, desk: deskRef, view });
  const openOverlay = (name: Overlay | null) => {
    setOverlaysLoaded(true);
    setOverlay(name);
  };
  const uncover = () => setUncovered(pair?.id ?? null);
  const readLesson = () => {
    markPressed();
    engine.readLesson();
  };

  useEffect(preloadParts, []);
  useDeskFocus(deskRef, shown !== undefined);
  useDocumentTitle('Label · Prefloop');
  usePolicyNotice(projectId, engine);
  useGuidelinesNotice(projectId, engine, state.guidelinesNumber, overlay === 'guidelines');
  usePauseReminder(engine, attention, me?.pause_after_minutes ?? 0);
  useDeskCommands({
    keys,
    form,
    pair,
    lesson: state.lesson !== null,
    waiting: warning.open,
    overlay,
    openOverlay,
    actions,
    parts,
    view,
    uncover,
    readLesson,
  });

  if (warning.open) {
    return (
      <Suspense>
        <ContentWarning warning={me?.content_warning ?? ''} onAccept={warning.accept} />
      </Suspense>
    );
  }
  return (
    <section ref={deskRef} className={classes.desk} aria-label="Labeling" tabIndex={-1}>
      <DeskToolbar
        state={state}
        projectId={projectId}
        attention={attention}
        view={view}
        keys={keys}
        onOverlay={openOverlay}
      />
      <DeskNotices state={state} engine={engine} />
      {shown && state.form ? (
        <DeskWork
          state={state}
          form={form}
          shown={shown}
          actions={actions}
          parts={parts}
          view={view}
          keys={keys}
          covered={covered}
          onUncover={uncover}
          onReadLesson={readLesson}
          onSkipWithReason={() => openOverlay('skip')}
        />
      ) : (
        <Nothing state={state}>
          <EmptyQueue state={state} projectId={projectId} engine={engine} onUndo={actions.undo} />
        </Nothing>
      )}
      <VisuallyHidden role="status" aria-live="polite">
        {announcement(state)}
      </VisuallyHidden>
      {overlaysLoaded && (
        <Suspense>
          <DeskOverlays
            projectId={projectId}
            question={question}
            keyChoice={keyChoice}
            onKeyChoice={setKeyChoice}
            opened={overlay}
            onClose={() => setOverlay(null)}
            onSkip={(reason) => {
              setOverlay(null);
              actions.answer({ kind: 'skip', reason });
            }}
          />
        </Suspense>
      )}
    </section>
  );
}

/** No pair on the screen: they are on their way, or the site has said why there is none. */
function Nothing({ state, children }: { state: LabelState; children: ReactNode }) {
  const loading = (
    <Page title="Label">
      <LoadingState label="Fetching comparisons" rows={8} />
    </Page>
  );
  const known = state.claimProblem ?? state.sendProblem ?? state.reason;
  return known ? <Suspense fallback={loading}>{children}</Suspense> : loading;
}

/** The number makes two equal verdicts in a row two announcements. */
function announcement({ last, ready, form }: LabelState): string {
  if (!last) return '';
  const what = last.answer === 'undo' ? 'Undone' : answerText(last.answer, form?.strengths);
  return `${what}. ${ready.length > 0 ? `Step ${last.count}, next comparison.` : `Step ${last.count}.`}`;
}
