import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { draftOf } from './answer-steps';
import { withCompletion } from './details';
import { answered, claimed, pair, restored, stateAfter } from './label-examples';
import { reduce } from './label-reducer';
import { nextToSend } from './label-selectors';

type Step = 'claim' | 'rate' | 'answer' | 'undo' | 'send' | 'sent' | 'turn' | 'lose';
/** Often enough the whole way: judged, delivered, undone, and leased again the other way round. */
const ROUND_TRIP: Step[] = ['claim', 'rate', 'answer', 'send', 'sent', 'undo', 'send', 'turn', 'sent'];
const step = fc.constantFrom<Step>('claim', 'rate', 'rate', 'answer', 'undo', 'send', 'sent', 'turn', 'lose');
const steps = fc
  .array(
    fc.oneof(
      step.map((one) => [one]),
      fc.constant(ROUND_TRIP),
    ),
    { maxLength: 30 },
  )
  .map((parts) => parts.flat());

/** The text that a rating was given to, whatever side it stands on by now. */
function ratedText(texts: readonly string[], ratings: readonly (number | null)[]): string | null {
  const index = ratings.findIndex((rating) => rating !== null);
  return index < 0 ? null : (texts[index] ?? null);
}

describe('any sequence of events with details', () => {
  it('keeps what was said with the text it was said of, until the site has it', () => {
    fc.assert(
      fc.property(steps, (sequence) => {
        let state = stateAfter(restored);
        let next = 1;
        let slot = 1000;
        const root = new Map<number, number>();
        for (const [made, step] of sequence.entries()) {
          const first = state.ready[0];
          const operationId = `op${made}`;
          if (step === 'claim') state = reduce(state, claimed([next++, next++]));
          else if (step === 'rate' && first) {
            // The left text of the pair as it was first shown is the one that is rated.
            const text = `left ${root.get(first.id) ?? first.id}`;
            const draft = draftOf(state, first);
            const details = withCompletion(draft.details, first.completions.indexOf(text), { rating: 3 });
            state = reduce(state, { type: 'drafted', pairId: first.id, draft: { ...draft, details } });
          } else if (step === 'answer') state = reduce(state, answered(operationId));
          else if (step === 'undo') state = reduce(state, { type: 'undone', operationId });
          else if (step === 'send') {
            const operation = nextToSend(state);
            if (operation) state = reduce(state, { type: 'sendStarted', operationId: operation.id });
          } else if (step === 'sent' && state.sending) {
            state = reduce(state, { type: 'sent', operationId: state.sending });
          } else if (step === 'turn') {
            // The site leases an undone pair again in another slot, the other way round.
            const undo = state.outbox.find(({ id, type }) => type === 'undo' && id === state.sending);
            const old =
              undo && [...state.ready, ...state.past.map((one) => one.pair)].find(({ id }) => id === undo.pairId);
            if (!undo || !old) continue;
            const id = slot++;
            root.set(id, root.get(old.id) ?? old.id);
            const turned = { ...pair(id), completions: [...old.completions].reverse() };
            state = reduce(state, { type: 'leasedAgain', pairId: old.id, pair: turned });
          } else if (step === 'lose' && first) {
            state = reduce(state, { type: 'leasesLost', pairIds: [first.id], text: '' });
          }
          for (const one of state.past) {
            const rated = ratedText(one.pair.completions, one.details?.completions.map(({ rating }) => rating) ?? []);
            if (rated !== null) expect(rated).toMatch(/^left/);
            const waiting = state.outbox.find(({ id }) => id === one.operationId);
            if (waiting?.type === 'answer' && waiting.id !== state.sending) {
              expect(waiting.details ?? null).toEqual(one.details);
            }
          }
          for (const shown of state.ready) {
            const ratings = draftOf(state, shown).details.completions.map(({ rating }) => rating);
            const rated = ratedText(shown.completions, ratings);
            if (rated !== null) expect(rated).toMatch(/^left/);
          }
          // Nothing is remembered of pairs that are answered or gone.
          const here = new Set(state.ready.map(({ id }) => id));
          for (const id of state.drafts.keys()) expect(here.has(id)).toBe(true);
        }
      }),
      { seed: 11, numRuns: 300 },
    );
  });
});
