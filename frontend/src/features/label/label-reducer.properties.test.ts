import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Problem } from '../../api/problem';
import { answered, claimed, LEFT, readyIds, restored, stateAfter } from './label-examples';
import { reduce } from './label-reducer';
import { nextToSend } from './label-selectors';

const OFFLINE = new Problem(0, 'network/unreachable', 'offline');

describe('any sequence of events', () => {
  type Step = 'claim' | 'answer' | 'skip' | 'undo' | 'send' | 'sent' | 'fail' | 'due' | 'refuse' | 'lose';
  const steps = fc.array(
    fc.constantFrom<Step>('claim', 'answer', 'skip', 'undo', 'send', 'sent', 'fail', 'due', 'refuse', 'lose'),
    { maxLength: 60 },
  );

  /** Runs the steps against a site that records what it was told, in order. */
  function run(sequence: Step[]) {
    let state = stateAfter(restored);
    let next = 1;
    let made = 0;
    const told: string[] = [];
    const given = new Map<string, number>();
    for (const step of sequence) {
      const first = state.ready[0];
      const operationId = `op${made++}`;
      const sending = state.sending;
      if (step === 'claim') state = reduce(state, claimed([next++, next++]));
      else if (step === 'answer' || step === 'skip') {
        if (first) given.set(operationId, first.id);
        state = reduce(state, answered(operationId, step === 'skip' ? { kind: 'skip', reason: '' } : LEFT));
      } else if (step === 'undo') state = reduce(state, { type: 'undone', operationId });
      else if (step === 'send') {
        const operation = nextToSend(state);
        if (operation) state = reduce(state, { type: 'sendStarted', operationId: operation.id });
      } else if (step === 'due') state = reduce(state, { type: 'sendDue' });
      else if (step === 'lose' && state.ready[1]) {
        state = reduce(state, { type: 'leasesLost', pairIds: [state.ready[1].id], text: '' });
      } else if (sending !== null && step === 'sent') {
        told.push(sending);
        state = reduce(state, { type: 'sent', operationId: sending });
      } else if (sending !== null && step === 'fail') {
        state = reduce(state, { type: 'sendPostponed', operationId: sending, problem: OFFLINE, blocked: false });
      } else if (sending !== null && step === 'refuse') {
        state = reduce(state, { type: 'refused', operationId: sending, text: '' });
      }
    }
    return { state, told, given };
  }

  it('shows no pair twice and none that is answered and not undone', () => {
    fc.assert(
      fc.property(steps, (sequence) => {
        const { state } = run(sequence);
        expect(new Set(readyIds(state)).size).toBe(state.ready.length);
        const shown = new Set(readyIds(state));
        for (const { pair: answeredPair } of state.past) expect(shown.has(answeredPair.id)).toBe(false);
        const lastOf = new Map(state.outbox.map((operation) => [operation.pairId, operation.type]));
        for (const id of shown) expect(lastOf.get(id)).not.toBe('answer');
      }),
      { seed: 7, numRuns: 400 },
    );
  });

  it('sends each operation at most once after it was confirmed, in the order given', () => {
    fc.assert(
      fc.property(steps, (sequence) => {
        const { state, told } = run(sequence);
        const order = [...told, ...state.outbox.map(({ id }) => id)];
        expect(new Set(order).size).toBe(order.length);
        const numbers = order.map((id) => Number(id.slice(2)));
        expect(numbers).toEqual([...numbers].sort((a, b) => a - b));
      }),
      { seed: 8, numRuns: 400 },
    );
  });

  it('loses no answer: each that undo could bring back is sent or waiting to be', () => {
    fc.assert(
      fc.property(steps, (sequence) => {
        const { state, told } = run(sequence);
        const known = new Set([...told, ...state.outbox.map(({ id }) => id)]);
        for (const { operationId } of state.past) expect(known.has(operationId)).toBe(true);
      }),
      { seed: 9, numRuns: 400 },
    );
  });
});
