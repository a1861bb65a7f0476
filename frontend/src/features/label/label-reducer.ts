import type { Problem } from '../../api/problem';
import type { Answer, EmptyReason, LabelState, Operation, Pair, QuestionForm } from './label-state';

export interface Claimed {
  pairs: readonly Pair[];
  remaining: number;
  reason: EmptyReason | null;
  form: QuestionForm;
  guidelinesNumber: number | null;
}

export type LabelEvent =
  | { type: 'restored'; operations: readonly Operation[] }
  | { type: 'claimStarted' }
  | ({ type: 'claimed' } & Claimed)
  | { type: 'claimFailed'; problem: Problem }
  | { type: 'claimDue' }
  | { type: 'answered'; answer: Answer; operationId: string; activeMs: number }
  | { type: 'undone'; operationId: string }
  | { type: 'sendStarted'; operationId: string }
  | { type: 'sent'; operationId: string }
  | { type: 'leasedAgain'; pairId: number; pair: Pair }
  | { type: 'sendPostponed'; operationId: string; problem: Problem; blocked: boolean }
  | { type: 'refused'; operationId: string; text: string }
  | { type: 'sendDue' }
  | { type: 'leasesLost'; pairIds: readonly number[]; text: string }
  | { type: 'released' }
  | { type: 'noticed'; id: string; text: string }
  | { type: 'noticeRead'; id: string };

/** Answers that undo can bring back. */
const LONGEST_PAST = 200;

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
    case 'sendStarted':
      return {
        ...state,
        sending: event.operationId,
        outbox: state.outbox.map((item) => (item.id === event.operationId ? { ...item, tried: true } : item)),
      };
    case 'sent':
      return { ...withoutOperation(state, event.operationId), sendProblem: null, postponed: false, blocked: false };
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
    ...state.outbox.map((operation) => operation.pairId),
  ]);
  const fresh = claimed.pairs.filter((pair) => !known.has(pair.id));
  const ready = [...state.ready, ...fresh];
  return {
    ...state,
    ready,
    claiming: false,
    claimProblem: null,
    exhausted: fresh.length === 0,
    reason: ready.length === 0 ? claimed.reason : null,
    remaining: claimed.remaining,
    form: claimed.form,
    guidelinesNumber: claimed.guidelinesNumber,
  };
}

function afterAnswer(state: LabelState, answer: Answer, operationId: string, activeMs: number): LabelState {
  const [pair, ...ready] = state.ready;
  if (!pair) return state;
  return {
    ...state,
    ready,
    past: [...state.past, { pair, answer, operationId }].slice(-LONGEST_PAST),
    outbox: [...state.outbox, { type: 'answer', id: operationId, pairId: pair.id, answer, activeMs, tried: false }],
    exhausted: ready.length === 0 ? false : state.exhausted,
    last: { answer, count: (state.last?.count ?? 0) + 1 },
  };
}

function afterUndo(state: LabelState, operationId: string): LabelState {
  const back = state.past.at(-1);
  if (!back) return state;
  const unsent = state.outbox.find((operation) => operation.id === back.operationId);
  // What was never tried is simply not sent; anything else may have arrived and must be undone there.
  const outbox: readonly Operation[] =
    unsent && !unsent.tried
      ? state.outbox.filter((operation) => operation !== unsent)
      : [
          ...state.outbox,
          {
            type: 'undo',
            id: operationId,
            pairId: back.pair.id,
            answerId: back.operationId,
            wasVerdict: back.answer.kind !== 'skip',
            tried: false,
          },
        ];
  return {
    ...state,
    ready: [back.pair, ...state.ready],
    past: state.past.slice(0, -1),
    outbox,
    reason: null,
    last: { answer: 'undo', count: (state.last?.count ?? 0) + 1 },
  };
}

/** An undone comparison came back: what was painted from memory takes its new slot and, if they changed, its sides. */
function afterLeasedAgain(state: LabelState, pairId: number, pair: Pair): LabelState {
  const renewed = (old: Pair) => (old.id === pairId ? pair : old);
  const shown = state.ready.find(({ id }) => id === pairId) ?? state.past.find((one) => one.pair.id === pairId)?.pair;
  const turned = shown !== undefined && shown.left === pair.right && shown.right === pair.left;
  const turn = (answer: Answer): Answer =>
    turned && answer.kind === 'prefer' ? { ...answer, side: answer.side === 'left' ? 'right' : 'left' } : answer;
  return {
    ...state,
    ready: state.ready.map(renewed),
    past: state.past.map((one) => (one.pair.id === pairId ? { ...one, pair, answer: turn(one.answer) } : one)),
    outbox: state.outbox.map((operation) => {
      if (operation.pairId !== pairId || operation.id === state.sending) return operation;
      return operation.type === 'answer'
        ? { ...operation, pairId: pair.id, answer: turn(operation.answer) }
        : { ...operation, pairId: pair.id };
    }),
  };
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
  const next = { ...state, ready, exhausted: false };
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
