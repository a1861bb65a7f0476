import type { LabelState, Operation } from './label-state';

/** Comparisons held here: claim more below the first number, up to the second. */
const READY_LOW = 4;
const READY_FULL = 10;
/** The most that one claim may ask for. */
const CLAIM_MOST = 20;

/** How many comparisons to ask for now; 0 for none. Counts those already held, which a claim answers with first. */
export function claimCount(state: LabelState): number {
  if (!state.restored || state.claiming || state.exhausted || state.blocked) return 0;
  // With nothing left on the screen the site must know every verdict before it can say what remains.
  if (state.ready.length === 0 && state.outbox.length > 0) return 0;
  if (state.ready.length >= READY_LOW) return 0;
  const unsent = state.outbox.filter((operation) => operation.type === 'answer').length;
  return Math.min(CLAIM_MOST, READY_FULL + unsent);
}

/** The operation to send now: strictly one after the other. */
export function nextToSend(state: LabelState): Operation | null {
  if (!state.restored || state.sending !== null || state.postponed || state.blocked) return null;
  return state.outbox[0] ?? null;
}

/** Verdicts and skips of this device that the site has not confirmed. */
export function unsentCount(state: LabelState): number {
  return state.outbox.filter((operation) => operation.type === 'answer').length;
}

/** The leases to renew or give back: an undone comparison is not leased again until the site heard of the undo. */
export function heldIds(state: LabelState): number[] {
  const pending = new Set(state.outbox.map((operation) => operation.pairId));
  return state.ready.map((pair) => pair.id).filter((id) => !pending.has(id));
}

/** How many verdicts the site does not count yet, undone ones taken off; skips are no verdicts. */
export function unsentVerdicts(state: LabelState): number {
  let verdicts = 0;
  for (const operation of state.outbox) {
    if (operation.type === 'answer') verdicts += operation.answer.kind === 'skip' ? 0 : 1;
    else verdicts -= operation.wasVerdict ? 1 : 0;
  }
  return verdicts;
}
