import { Suspense } from 'react';
import { lazyPart } from '../../lib/lazy-part';
import { completionName } from './completion-names';
import classes from './desk-work.module.css';
import type { KeyMap } from './key-map';
import type { LabelState, Pair, QuestionForm } from './label-state';
import { missingText } from './missing-parts';
import { PairView } from './pair-view';
import { unplaced } from './ranking';
import { SendHint } from './send-hint';
import type { DeskActions } from './use-desk-actions';
import type { DeskView } from './use-desk-view';
import type { DetailParts } from './use-detail-parts';
import { VerdictBar } from './verdict-bar';

const LessonCard = lazyPart(() => import('./lesson-card'));
const PairQuestions = lazyPart(() => import('./pair-questions'));
const RankControls = lazyPart(() => import('./rank-controls'));
const RankingBar = lazyPart(() => import('./ranking-bar'));

interface DeskWorkProps {
  state: LabelState;
  form: QuestionForm;
  /** The pair on the screen: the next one to judge, or the one whose feedback is read. */
  shown: Pair;
  actions: DeskActions;
  parts: DetailParts;
  view: DeskView;
  keys: KeyMap;
  covered: boolean;
  onUncover: () => void;
  onReadLesson: () => void;
  onSkipWithReason: () => void;
}

/** The pair, what is asked about it, and the bar that answers. */
export function DeskWork(props: DeskWorkProps) {
  const { state, form, shown, actions, parts, view, keys, covered, onUncover } = props;
  const lesson = state.lesson;
  const count = shown.completions.length;
  const asksAboutPair = (form.aspects.length > 0 && count === 2) || parts.withRationale;
  return (
    <>
      <PairView
        ready={lesson ? [lesson.pair, ...state.ready] : state.ready}
        last={state.last}
        view={view}
        form={form}
        draft={actions.draft}
        onDraft={actions.setDraft}
        tool={parts.tool}
        onTool={parts.openTool}
        covered={covered}
        onUncover={onUncover}
        settled={lesson !== null}
        headerOf={
          count > 2 && !lesson
            ? (index) => (
                <Suspense>
                  <RankControls
                    index={index}
                    count={count}
                    places={actions.draft.places}
                    onPlaces={actions.setPlaces}
                    onPlace={(one) => actions.place(one, false)}
                  />
                </Suspense>
              )
            : undefined
        }
      >
        {asksAboutPair && !lesson && !covered && (
          <Suspense>
            <PairQuestions
              form={form}
              details={actions.draft.details}
              keys={keys}
              withRationale={parts.withRationale}
              onChange={(details) => actions.setDraft({ ...actions.draft, details })}
              onAnswered={parts.leadOn}
            />
          </Suspense>
        )}
        {form.rationale === 'optional' && !parts.withRationale && !lesson && !covered && (
          <button type="button" className={classes.why} onClick={() => parts.obey('rationale')}>
            Say why
          </button>
        )}
      </PairView>
      <Bar {...props} />
    </>
  );
}

function Bar({ state, form, shown, actions, keys, onReadLesson, onSkipWithReason }: DeskWorkProps) {
  const count = shown.completions.length;
  if (state.lesson) {
    return (
      <Suspense>
        <LessonCard
          lesson={state.lesson}
          warmUp={state.warmUp}
          form={form}
          waiting={state.sendProblem !== null}
          onNext={onReadLesson}
        />
      </Suspense>
    );
  }
  const shared = {
    form,
    keys,
    canUndo: state.past.length > 0,
    onAnswer: actions.answer,
    onUndo: actions.undo,
    onSkipWithReason,
    hint: actions.begun && (
      <SendHint missing={hintText(actions, count)} ready={readyText(actions, count)} onSend={actions.send} />
    ),
  };
  if (count === 2) return <VerdictBar {...shared} chosen={actions.verdict} />;
  return (
    <Suspense>
      <RankingBar
        {...shared}
        count={count}
        places={actions.draft.places}
        tying={actions.tying}
        onPlace={(index) => actions.place(index, false)}
        onTie={actions.toggleTying}
        onBack={actions.takeBack}
      />
    </Suspense>
  );
}

function hintText({ missing, draft }: DeskActions, count: number): string {
  const ranking = count > 2 && draft.verdict === null;
  return missingText(
    missing.map((one) => (one.part === 'verdict' && ranking ? { ...one, text: 'place the others' } : one)),
  );
}

/** What happens when it is sent now. */
function readyText({ draft }: DeskActions, count: number): string {
  const [last] = count > 2 && draft.verdict === null ? unplaced(draft.places, count) : [];
  return last === undefined ? 'Ready.' : `${completionName(last, count)} comes last.`;
}
