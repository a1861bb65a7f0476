import type { Problem } from '../../api/problem';
import { afterAnswer, afterLeasedAgain, afterUndo, withDraft, withoutDrafts } from './answer-steps';
import type {
  Answer,
  Draft,
  EmptyReason,
  Feedback,
  LabelState,
  Operation,
  Pair,
  QuestionForm,
  WarmUp,
} from './label-state';

export interface Claimed {
  pairs: readonly Pair[];
  remaining: number;
  reason: EmptyReason | null;
  reasonText: string;
  form: QuestionForm;
  guidelinesNumber: number | null;
  warmUp: WarmUp | null;
}

export type LabelEvent =
  | { type: 'restored'; operations: readonly Operation[] }
  | { type: 'claimStarted' }
  | ({ type: 'claimed' } & Claimed)
  | { type: 'claimFailed'; problem: Problem }
  | { type: 'claimDue' }
  | { type: 'answered'; answer: Answer; operationId: string; activeMs: number }
  | { type: 'undone'; operationId: string }
  | { type: 'drafted'; pairId: number; draft: Draft }
  | { type: 'lessonRead' }
  | { type: 'sendStarted'; operationId: string }
  | { type: 'sent'; operationId: string; feedback?: Feedback | null }
  | { type: 'leasedAgain'; pairId: number; pair: Pair }
  | { type: 'sendPostponed'; operationId: string; problem: Problem; blocked: boolean }
  | { type: 'refused'; operationId: string; text: string }
  | { type: 'sendDue' }
  | { type: 'leasesLost'; pairIds: readonly number[]; text: string }
  | { type: 'released' }
  | { type: 'noticed'; id: string; text: string }
  | { type: 'noticeRead'; id: string };

/** The labeling screen's next state. Pure: the engine does what the state asks for and reports back as events. */
export function reduce(state: LabelState, event: LabelEvent): LabelState {
  switch (event.type) {
    case 'restored':
      return { ...state, restored: true, outbox: [...event.operations, ...state.outbox] };
    case 'claimStarted':
      return { ...state, claiming: true };
    case 'claimed':
      return afterClaim(state, event);
    case 'claimFailed':
      return { ...state, claiming: false, claimProblem: event.problem, exhausted: true };
    case 'claimDue':
      return { ...state, exhausted: false };
    case 'answered':
      return afterAnswer(state, event.answer, event.operationId, event.activeMs);
    case 'undone':
      return afterUndo(state, event.operationId);
    case 'drafted':
      return state.ready[0]?.id === event.pairId ? withDraft(state, event.pairId, event.draft) : state;
    case 'lessonRead':
      return { ...state, lesson: null };
    case 'sendStarted':
      return {
        ...state,
        sending: event.operationId,
        outbox: state.outbox.map((item) => (item.id === event.operationId ? { ...item, tried: true } : item)),
      };
    case 'sent':
      return afterSent(state, event.operationId, event.feedback ?? null);
    case 'leasedAgain':
      return afterLeasedAgain(state, event.pairId, event.pair);
    case 'sendPostponed':
      if (state.sending !== event.operationId) return state;
      return { ...state, sending: null, sendProblem: event.problem, postponed: true, blocked: event.blocked };
    case 'refused':
      return afterRefusal(state, event.operationId, event.text);
    case 'sendDue':
      return { ...state, postponed: false, blocked: false };
    case 'leasesLost':
      return afterLostLeases(state, event.pairIds, event.text);
    case 'released':
      return { ...state, ready: [], exhausted: false };
    case 'noticed':
      return withNotice(state, event.id, event.text);
    case 'noticeRead':
      return { ...state, notices: state.notices.filter((notice) => notice.id !== event.id) };
  }
}

function afterClaim(state: LabelState, claimed: Claimed): LabelState {
  // A claim also answers with what is already held here, and may have been on its way while a verdict was given.
  const known = new Set([
    ...state.ready.map((pair) => pair.id),
    ...state.past.map(({ pair }) => pair.id),
    ...(state.lesson ? [state.lesson.pair.id] : []),
    ...state.outbox.map((operation) => operation.pairId),
  ]);
  const fresh = claimed.pairs.filter((pair) => !known.has(pair.id));
  const ready = [...state.ready, ...fresh];
  return {
    ...withWarmUpNotice(state, claimed.warmUp),
    ready,
    claiming: false,
    claimProblem: null,
    exhausted: fresh.length === 0,
    reason: ready.length === 0 ? claimed.reason : null,
    reasonText: claimed.reasonText,
    remaining: claimed.remaining,
    form: claimed.form,
    guidelinesNumber: claimed.guidelinesNumber,
    warmUp: claimed.warmUp,
  };
}

/** The end of the warm-up is told once, when the first real pairs come. */
function withWarmUpNotice(state: LabelState, warmUp: WarmUp | null): LabelState {
  const before = state.warmUp;
  if (before === null || before.passed !== null || (warmUp !== null && warmUp.passed !== true)) return state;
  const text = `Warm-up done: ${before.correct} of ${before.done} right. From here on your verdicts count.`;
  return withNotice(state, 'warm-up', text);
}

function afterSent(state: LabelState, operationId: string, feedback: Feedback | null): LabelState {
  const rest = withoutOperation(state, operationId);
  // A claim that was answered before the site knew every verdict brought back what is judged: ask again.
  const exhausted = rest.outbox.length > 0 && state.exhausted;
  const next = { ...rest, exhausted, sendProblem: null, postponed: false, blocked: false };
  if (state.lesson?.operationId !== operationId) return next;
  if (!feedback) return { ...next, lesson: null };
  const warmUp = state.warmUp && {
    ...state.warmUp,
    done: state.warmUp.done + 1,
    correct: state.warmUp.correct + (feedback.correct ? 1 : 0),
  };
  return { ...next, warmUp, lesson: { ...state.lesson, feedback } };
}

/** The site will never accept this operation: forget it and what was built on it, and say so. */
function afterRefusal(state: LabelState, operationId: string, text: string): LabelState {
  const refused = state.outbox.find((operation) => operation.id === operationId);
  if (!refused) return state;
  const { pairId } = refused;
  return withNotice(
    {
      ...state,
      sending: state.sending === operationId ? null : state.sending,
      sendProblem: null,
      outbox: state.outbox.filter((operation) => operation.pairId !== pairId),
      ready: state.ready.filter((pair) => pair.id !== pairId),
      past: state.past.filter(({ pair }) => pair.id !== pairId),
      drafts: withoutDrafts(state.drafts, [pairId]),
      lesson: state.lesson?.pair.id === pairId ? null : state.lesson,
    },
    operationId,
    text,
  );
}

function afterLostLeases(state: LabelState, pairIds: readonly number[], text: string): LabelState {
  const lost = new Set(pairIds);
  const ready = state.ready.filter((pair) => !lost.has(pair.id));
  if (ready.length === state.ready.length) return state;
  const current = state.ready[0];
  const next = { ...state, ready, drafts: withoutDrafts(state.drafts, pairIds), exhausted: false };
  // Only the pair on the screen was seen; the others are replaced without a word.
  return current && lost.has(current.id) ? withNotice(next, `lease-${current.id}`, text) : next;
}

function withoutOperation(state: LabelState, operationId: string): LabelState {
  return {
    ...state,
    sending: state.sending === operationId ? null : state.sending,
    outbox: state.outbox.filter((operation) => operation.id !== operationId),
  };
}

function withNotice(state: LabelState, id: string, text: string): LabelState {
  return { ...state, notices: [...state.notices.filter((notice) => notice.id !== id), { id, text }] };
}
