import { type RefObject, useState } from 'react';
import { draftOf } from './answer-steps';
import { focusPart } from './focus-part';
import type { LabelEngine } from './label-engine';
import type { Answer, Draft, LabelState, Pair, QuestionForm, Verdict } from './label-state';
import { type MissingPart, missingParts } from './missing-parts';
import { type Places, placed, rankVerdict, takenBack } from './ranking';

interface DeskActionsOptions {
  engine: LabelEngine;
  state: LabelState;
  form: QuestionForm;
  pair: Pair | undefined;
  covered: boolean;
  desk: RefObject<HTMLElement | null>;
  /** Milliseconds of attention that the pair on the screen got. */
  spentMs: () => number;
  /** Called in the event's handler before the next pair is painted. */
  markPressed: () => void;
}

export interface DeskActions {
  draft: Draft;
  setDraft: (draft: Draft) => void;
  /** The verdict as it stands: chosen, or the ranking once it is whole. */
  verdict: Verdict | null;
  missing: readonly MissingPart[];
  /** Something was begun that Enter would send. */
  begun: boolean;
  /** Sends at once when nothing else is missing; otherwise selects and leads to what is. */
  answer: (answer: Answer) => void;
  send: () => void;
  undo: () => void;
  place: (index: number, tied: boolean) => void;
  setPlaces: (places: Places) => void;
  takeBack: () => void;
  tying: boolean;
  toggleTying: () => void;
}

/** What a labeler can do with the pair on the screen. */
export function useDeskActions(options: DeskActionsOptions): DeskActions {
  const { engine, state, form, pair, covered, desk, spentMs, markPressed } = options;
  const [tying, setTying] = useState(false);
  const draft = pair ? draftOf(state, pair) : NO_DRAFT;
  const count = pair?.completions.length ?? 2;
  const ranked = count > 2;
  const cannotJudge = draft.verdict?.kind === 'cannot_judge' ? draft.verdict : null;
  const verdict = ranked ? (cannotJudge ?? rankVerdict(draft.places, count)) : draft.verdict;
  const missing = missingParts(form, verdict, draft.details);

  const setDraft = (changed: Draft) => pair && engine.draft(pair.id, changed);
  const lead = (parts: readonly MissingPart[]) => {
    const first = parts.find(({ part }) => part !== 'verdict');
    if (first) focusPart(desk.current, first.part);
  };
  const give = (answer: Answer) => {
    markPressed();
    setTying(false);
    engine.answer(answer, spentMs());
    window.scrollTo({ top: 0 });
  };
  const answer = (given: Answer) => {
    if (!pair) return;
    if (covered) return focusPart(desk.current, 'uncover');
    if (given.kind === 'skip') return give(given);
    const still = missingParts(form, given, draft.details);
    if (still.length === 0) return give(given);
    setDraft({ ...draft, verdict: given });
    lead(still);
  };
  const send = () => {
    if (verdict && missing.length === 0 && !covered) give(verdict);
    else lead(missing);
  };
  const setPlaces = (places: Places) => setDraft({ ...draft, verdict: null, places });
  return {
    draft,
    setDraft,
    verdict,
    missing,
    begun: draft.verdict !== null || draft.places.length > 0,
    answer,
    send,
    undo: () => {
      if (state.past.length === 0) return;
      markPressed();
      setTying(false);
      engine.undo();
      window.scrollTo({ top: 0 });
    },
    place: (index, tied) => {
      if (covered) return focusPart(desk.current, 'uncover');
      setPlaces(placed(draft.places, index, tied || tying));
      setTying(false);
    },
    setPlaces,
    takeBack: () => setPlaces(takenBack(draft.places)),
    tying,
    toggleTying: () => setTying(!tying),
  };
}

const NO_DRAFT: Draft = { verdict: null, details: { aspects: {}, completions: [], rationale: '' }, places: [] };
