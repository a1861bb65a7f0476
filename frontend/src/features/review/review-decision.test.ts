import { describe, expect, it } from 'vitest';
import { exampleReview, exampleVerdict } from '../../testing/review-examples';
import { commandOfKey, decisionBody, decisionProblem, decisionReducer, emptyDecision } from './review-decision';

const ITEM = exampleReview(7);

describe('a decision', () => {
  it('starts the share where the verdicts stand, ties as half', () => {
    expect(emptyDecision(ITEM).shareA).toBe(0.65);
    const tied = exampleReview(7, { verdicts: [exampleVerdict(1), exampleVerdict(2, { kind: 'tie', winner: null })] });
    expect(emptyDecision(tied).shareA).toBe(0.75);
    expect(emptyDecision(exampleReview(7, { verdicts: [] })).shareA).toBe(0.5);
  });

  it('is a mistake as soon as a verdict is chosen', () => {
    const chosen = decisionReducer(emptyDecision(ITEM), { type: 'mistaken', preferenceId: 103 });
    expect(decisionBody(chosen)).toEqual({ outcome: 'mistake', mistaken: [103], share_a: null, note: '' });
    const none = decisionReducer(chosen, { type: 'mistaken', preferenceId: 103 });
    expect(decisionProblem(none)).toBe('Choose the mistaken verdicts.');
  });

  it('sends a share only for a difference of values, and never leaves 0 to 1', () => {
    let decision = emptyDecision(ITEM);
    for (let step = 0; step < 30; step += 1) decision = decisionReducer(decision, { type: 'step', by: 0.05 });
    expect(decisionBody(decision)).toEqual({ outcome: 'value_difference', mistaken: [], share_a: 1, note: '' });
    const unclear = decisionReducer(decision, { type: 'outcome', outcome: 'unclear' });
    expect(decisionBody(unclear).share_a).toBeNull();
  });
});

describe('the keys', () => {
  it('choose the outcome and the mistaken verdicts', () => {
    expect(commandOfKey('2', ITEM)).toEqual({
      name: 'decide',
      action: { type: 'outcome', outcome: 'value_difference' },
    });
    expect(commandOfKey('e', ITEM)).toEqual({ name: 'decide', action: { type: 'mistaken', preferenceId: 103 } });
    expect(commandOfKey('r', ITEM)).toBeNull();
    expect(commandOfKey('j', ITEM)).toEqual({ name: 'next' });
  });

  it('offer no share for a ranking', () => {
    const ranking = exampleReview(7, { more: [{ text: 'Third.' }] });
    expect(commandOfKey('2', ranking)).toBeNull();
    expect(commandOfKey('+', ranking)).toBeNull();
  });
});
