import { emptyDetails, hasDetails } from './details';
import type { Answer, Draft, LabelState, Operation, Pair } from './label-state';
import { placesOf } from './ranking';
import { type Move, moveBetween, movedAnswer, movedDetails, movedDraft } from './shown-order';

/** Answers that undo can bring back. */
const LONGEST_PAST = 200;

/** What is filled in for a pair; empty where nothing is. */
export function draftOf(state: Pick<LabelState, 'drafts'>, pair: Pair): Draft {
  const known = state.drafts.get(pair.id);
  if (known && known.details.completions.length === pair.completions.length) return known;
  return { verdict: null, details: emptyDetails(pair.completions.length), places: [] };
}

export function withDraft(state: LabelState, pairId: number, draft: Draft): LabelState {
  return { ...state, drafts: new Map(state.drafts).set(pairId, draft) };
}

export function withoutDrafts(drafts: LabelState['drafts'], pairIds: readonly number[]): LabelState['drafts'] {
  if (!pairIds.some((id) => drafts.has(id))) return drafts;
  const kept = new Map(drafts);
  for (const id of pairIds) kept.delete(id);
  return kept;
}

/** The pair on the screen is answered with everything filled in for it; the next one is there at once. */
export function afterAnswer(state: LabelState, answer: Answer, operationId: string, activeMs: number): LabelState {
  const [pair, ...ready] = state.ready;
  // While the feedback of the warm-up stands on the screen, the pair behind it is not seen and cannot be judged.
  if (!pair || state.lesson) return state;
  const given = draftOf(state, pair).details;
  const details = answer.kind !== 'skip' && hasDetails(given) ? given : null;
  const teaches = state.warmUp?.passed === null && answer.kind !== 'skip';
  const past = { pair, answer, details: hasDetails(given) ? given : null, operationId };
  return {
    ...state,
    ready,
    // Known pairs teach once: an answer given after the feedback would be no answer.
    past: teaches ? state.past : [...state.past, past].slice(-LONGEST_PAST),
    lesson: teaches ? { pair, answer, operationId, feedback: null } : null,
    drafts: withoutDrafts(state.drafts, [pair.id]),
    outbox: [
      ...state.outbox,
      {
        type: 'answer',
        id: operationId,
        pairId: pair.id,
        answer,
        ...(details && { details }),
        activeMs,
        tried: false,
      },
    ],
    exhausted: ready.length === 0 ? false : state.exhausted,
    given: state.given + (answer.kind === 'skip' ? 0 : 1),
    last: { answer, count: (state.last?.count ?? 0) + 1 },
  };
}

/** The answer given last is taken back: its pair is on the screen again, with what was filled in. */
export function afterUndo(state: LabelState, operationId: string): LabelState {
  const back = state.past.at(-1);
  if (!back || state.lesson) return state;
  const { pair, answer } = back;
  const draft: Draft = {
    verdict: answer.kind === 'skip' ? null : answer,
    details: back.details ?? emptyDetails(pair.completions.length),
    places: answer.kind === 'rank' ? placesOf(answer.ranking) : [],
  };
  return {
    ...withDraft(state, pair.id, draft),
    ready: [pair, ...state.ready],
    past: state.past.slice(0, -1),
    outbox: outboxAfterUndo(state.outbox, back, operationId),
    reason: null,
    given: state.given - (answer.kind === 'skip' ? 0 : 1),
    last: { answer: 'undo', count: (state.last?.count ?? 0) + 1 },
  };
}

function outboxAfterUndo(
  outbox: readonly Operation[],
  back: LabelState['past'][number],
  operationId: string,
): readonly Operation[] {
  const unsent = outbox.find((operation) => operation.id === back.operationId);
  // What was never tried is simply not sent; anything else may have arrived and must be undone there.
  if (unsent && !unsent.tried) return outbox.filter((operation) => operation !== unsent);
  const undo: Operation = {
    type: 'undo',
    id: operationId,
    pairId: back.pair.id,
    answerId: back.operationId,
    wasVerdict: back.answer.kind !== 'skip',
    tried: false,
  };
  return [...outbox, undo];
}

/** An undone comparison came back: what was painted from memory takes its new slot and, if it changed, its order. */
export function afterLeasedAgain(state: LabelState, pairId: number, pair: Pair): LabelState {
  const shown = state.ready.find(({ id }) => id === pairId) ?? state.past.find((one) => one.pair.id === pairId)?.pair;
  const move = shown ? moveBetween(shown.completions, pair.completions) : null;
  const renewed = (old: Pair) => (old.id === pairId ? pair : old);
  return {
    ...state,
    ready: state.ready.map(renewed),
    past: state.past.map((one) =>
      one.pair.id === pairId
        ? {
            ...one,
            pair,
            answer: turned(one.answer, move),
            details: one.details && move && movedDetails(one.details, move),
          }
        : one,
    ),
    drafts: draftsAfterMove(state.drafts, pairId, pair.id, move),
    outbox: state.outbox.map((operation) => {
      if (operation.pairId !== pairId || operation.id === state.sending) return operation;
      if (operation.type === 'undo') return { ...operation, pairId: pair.id };
      const details = operation.details && move && movedDetails(operation.details, move);
      return { ...operation, pairId: pair.id, answer: turned(operation.answer, move), ...(details && { details }) };
    }),
  };
}

function turned(answer: Answer, move: Move | null): Answer {
  return move ? movedAnswer(answer, move) : answer;
}

function draftsAfterMove(drafts: LabelState['drafts'], before: number, after: number, move: Move | null) {
  const draft = drafts.get(before);
  if (!draft) return drafts;
  return new Map(withoutDrafts(drafts, [before])).set(after, move ? movedDraft(draft, move) : draft);
}
