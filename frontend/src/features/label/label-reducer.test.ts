import { describe, expect, it } from 'vitest';
import { Problem } from '../../api/problem';
import { answered, claimed, LEFT, pair, readyIds, restored, stateAfter } from './label-examples';
import { reduce } from './label-reducer';
import { claimCount, heldIds, nextToSend, unsentCount, unsentVerdicts } from './label-selectors';
import { initialState, type Pair } from './label-state';

const OFFLINE = new Problem(0, 'network/unreachable', 'offline');

describe('claiming', () => {
  it('asks for ten when nothing is held and for none while a claim is under way', () => {
    expect(claimCount(stateAfter(restored))).toBe(10);
    expect(claimCount(stateAfter(restored, { type: 'claimStarted' }))).toBe(0);
  });

  it('asks for none before the outbox of an earlier visit was read', () => {
    expect(claimCount(initialState)).toBe(0);
  });

  it('asks again when fewer than four are left, for those held here and unsent too', () => {
    const state = stateAfter(restored, claimed([1, 2, 3, 4, 5]), answered('a'));
    expect(claimCount(state)).toBe(0);
    expect(claimCount(reduce(state, answered('b')))).toBe(12);
  });

  it('never asks for more than twenty at once', () => {
    const events = Array.from({ length: 12 }, (_, index) => answered(`op${index}`));
    expect(
      claimCount(stateAfter(restored, claimed(Array.from({ length: 14 }, (_, index) => index + 1)), ...events)),
    ).toBe(20);
  });

  it('keeps what is on the screen in its place and adds only what is new', () => {
    expect(readyIds(stateAfter(restored, claimed([1, 2, 3]), claimed([3, 2, 4])))).toEqual([1, 2, 3, 4]);
  });

  it('does not show a pair again that was answered while the claim was on its way', () => {
    const state = stateAfter(
      restored,
      claimed([1, 2]),
      answered('a'),
      { type: 'sent', operationId: 'a' },
      claimed([1, 2, 3]),
    );
    expect(readyIds(state)).toEqual([2, 3]);
  });

  it('does not show a pair whose verdict from an earlier visit is still unsent', () => {
    const operation = { type: 'answer', id: 'a', pairId: 1, answer: LEFT, activeMs: 1, tried: true } as const;
    expect(readyIds(stateAfter({ type: 'restored', operations: [operation] }, claimed([1, 2])))).toEqual([2]);
  });

  it('tells the reason only while nothing is on the screen', () => {
    expect(stateAfter(restored, claimed([], 'sampling')).reason).toBe('sampling');
    expect(stateAfter(restored, claimed([1]), claimed([], 'all-done-by-you')).reason).toBeNull();
    expect(stateAfter(restored, claimed([], 'sampling'), claimed([1])).reason).toBeNull();
  });

  it('asks again once the site knows every verdict, when a claim before that brought only judged pairs', () => {
    const overtaken = stateAfter(restored, claimed([1]), answered('a'), claimed([1]));
    expect(overtaken.exhausted).toBe(true);
    expect(claimCount(overtaken)).toBe(0);
    const known = reduce(reduce(overtaken, { type: 'sendStarted', operationId: 'a' }), {
      type: 'sent',
      operationId: 'a',
    });
    expect(claimCount(known)).toBe(10);
  });

  it('rests after a claim that brought nothing new until the time has come', () => {
    const state = stateAfter(restored, claimed([1]), claimed([1]));
    expect(claimCount(state)).toBe(0);
    expect(claimCount(reduce(state, { type: 'claimDue' }))).toBe(10);
  });

  it('with an empty screen waits for the last verdict to arrive before it asks what is left', () => {
    const state = stateAfter(restored, claimed([1]), answered('a'));
    expect(claimCount(state)).toBe(0);
    expect(claimCount(reduce(state, { type: 'sent', operationId: 'a' }))).toBe(10);
  });
});

describe('answering', () => {
  it('puts the next pair on the screen and the verdict into the outbox', () => {
    const state = stateAfter(restored, claimed([1, 2]), answered('a'));
    expect(readyIds(state)).toEqual([2]);
    expect(state.outbox).toEqual([{ type: 'answer', id: 'a', pairId: 1, answer: LEFT, activeMs: 1200, tried: false }]);
  });

  it('changes nothing when there is no pair', () => {
    const state = stateAfter(restored);
    expect(reduce(state, answered('a'))).toBe(state);
  });

  it('counts equal answers in a row apart, so that each flashes and is announced', () => {
    expect(stateAfter(restored, claimed([1, 2]), answered('a'), answered('b')).last).toEqual({
      answer: LEFT,
      count: 2,
    });
  });
});

describe('sending', () => {
  it('sends one operation at a time, in the order given', () => {
    const state = stateAfter(restored, claimed([1, 2, 3]), answered('a'), answered('b'));
    expect(nextToSend(state)?.id).toBe('a');
    const sending = reduce(state, { type: 'sendStarted', operationId: 'a' });
    expect(nextToSend(sending)).toBeNull();
    expect(nextToSend(reduce(sending, { type: 'sent', operationId: 'a' }))?.id).toBe('b');
  });

  it('keeps what could not be sent and waits for its time', () => {
    const failed = stateAfter(
      restored,
      claimed([1, 2]),
      answered('a'),
      { type: 'sendStarted', operationId: 'a' },
      { type: 'sendPostponed', operationId: 'a', problem: OFFLINE, blocked: false },
    );
    expect(unsentCount(failed)).toBe(1);
    expect(nextToSend(failed)).toBeNull();
    expect(failed.sendProblem).toBe(OFFLINE);
    expect(nextToSend(reduce(failed, { type: 'sendDue' }))?.id).toBe('a');
  });

  it('gives a refused verdict up with a notice and goes on', () => {
    const state = stateAfter(restored, claimed([1, 2]), answered('a'), {
      type: 'refused',
      operationId: 'a',
      text: 'too late',
    });
    expect(state.outbox).toEqual([]);
    expect(state.past).toEqual([]);
    expect(state.notices).toEqual([{ id: 'a', text: 'too late' }]);
  });

  it('counts unsent verdicts without skips and less undone ones', () => {
    const state = stateAfter(
      restored,
      claimed([1, 2, 3]),
      answered('a'),
      { type: 'sendStarted', operationId: 'a' },
      answered('b', { kind: 'skip', reason: '' }),
      { type: 'undone', operationId: 'u1' },
      { type: 'undone', operationId: 'u2' },
    );
    expect(state.outbox.map(({ id }) => id)).toEqual(['a', 'u2']);
    expect(unsentVerdicts(state)).toBe(0);
  });
});

describe('undoing', () => {
  it('takes an untried verdict back without telling the site', () => {
    const state = stateAfter(restored, claimed([1, 2]), answered('a'), { type: 'undone', operationId: 'u' });
    expect(readyIds(state)).toEqual([1, 2]);
    expect(state.outbox).toEqual([]);
  });

  it('tells the site about a verdict that arrived or may have arrived', () => {
    for (const event of [
      { type: 'sent', operationId: 'a' } as const,
      { type: 'sendStarted', operationId: 'a' } as const,
    ]) {
      const state = stateAfter(restored, claimed([1, 2]), answered('a'), event, { type: 'undone', operationId: 'u' });
      expect(readyIds(state)).toEqual([1, 2]);
      expect(state.outbox.at(-1)).toMatchObject({ type: 'undo', pairId: 1, answerId: 'a', wasVerdict: true });
    }
  });

  it('goes back step by step and stops at the start of the session', () => {
    const events = [restored, claimed([1, 2, 3]), answered('a'), answered('b')];
    const back = stateAfter(...events, { type: 'undone', operationId: 'u' }, { type: 'undone', operationId: 'v' });
    expect(readyIds(back)).toEqual([1, 2, 3]);
    expect(reduce(back, { type: 'undone', operationId: 'w' })).toBe(back);
  });

  it('sends the new verdict after the undo of the old one', () => {
    const state = stateAfter(
      restored,
      claimed([1, 2]),
      answered('a'),
      { type: 'sent', operationId: 'a' },
      { type: 'undone', operationId: 'u' },
      answered('b', { kind: 'tie' }),
    );
    expect(state.outbox.map(({ id, pairId }) => [id, pairId])).toEqual([
      ['u', 1],
      ['b', 1],
    ]);
  });

  it('removes the pair when the site refuses the undo', () => {
    const state = stateAfter(
      restored,
      claimed([1, 2]),
      answered('a'),
      { type: 'sent', operationId: 'a' },
      { type: 'undone', operationId: 'u' },
      { type: 'refused', operationId: 'u', text: 'gone' },
    );
    expect(readyIds(state)).toEqual([2]);
  });

  it('takes over the slot and turns the sides when the pair comes back the other way round', () => {
    const turned: Pair = { ...pair(7), completions: ['right 1', 'left 1'] };
    const state = stateAfter(
      restored,
      claimed([1, 2]),
      answered('a'),
      { type: 'sent', operationId: 'a' },
      { type: 'undone', operationId: 'u' },
      { type: 'sendStarted', operationId: 'u' },
      answered('b'),
      { type: 'leasedAgain', pairId: 1, pair: turned },
      { type: 'sent', operationId: 'u' },
    );
    expect(state.outbox).toMatchObject([{ id: 'b', pairId: 7, answer: { kind: 'prefer', side: 'right' } }]);
    expect(state.past.at(-1)?.pair).toEqual(turned);
  });
});

describe('leases', () => {
  it('explains the loss of the pair on the screen, and replaces others without a word', () => {
    const text = 'passed on';
    const one = stateAfter(restored, claimed([1, 2, 3]), { type: 'leasesLost', pairIds: [2], text });
    expect(readyIds(one)).toEqual([1, 3]);
    expect(one.notices).toEqual([]);
    const two = stateAfter(restored, claimed([1, 2, 3]), { type: 'leasesLost', pairIds: [1], text });
    expect(readyIds(two)).toEqual([2, 3]);
    expect(two.notices).toHaveLength(1);
  });

  it('does not renew or give back what the site does not count as leased yet', () => {
    const state = stateAfter(
      restored,
      claimed([1, 2]),
      answered('a'),
      { type: 'sent', operationId: 'a' },
      { type: 'undone', operationId: 'u' },
    );
    expect(heldIds(state)).toEqual([2]);
    expect(heldIds(reduce(state, { type: 'sent', operationId: 'u' }))).toEqual([1, 2]);
  });
});
