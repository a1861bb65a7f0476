import { describe, expect, it } from 'vitest';
import type { StreamMessage } from '../../lib/event-stream';
import { applyMessage, EMPTY_ROUND, mergeLog } from './live-round';

function said(id: number, type: string, data: object): StreamMessage {
  return { event: 'run', id, data: { run_id: 7, type, data } };
}

function played(...messages: StreamMessage[]) {
  return messages.reduce(applyMessage, EMPTY_ROUND);
}

describe('applyMessage', () => {
  it('keeps the last progress and measures seconds per step within a phase', () => {
    const { runs } = played(
      said(1, 'progress', { phase: 'tuning', step: 10, of: 40, at: 100, eta_seconds: 60 }),
      said(2, 'progress', { phase: 'tuning', step: 14, of: 40, at: 108, eta_seconds: 52 }),
    );
    expect(runs[7]?.progress).toEqual({ phase: 'tuning', step: 14, of: 40, eta_seconds: 52 });
    expect(runs[7]?.secondsPerStep).toBe(2);
  });

  it('forgets how slow the beginning was', () => {
    const slow = [1, 2].map((step) => said(step, 'progress', { phase: 'tuning', step, of: 40, at: step * 100 }));
    const fast = [3, 4, 5, 6, 7, 8, 9, 10].map((step) =>
      said(step, 'progress', { phase: 'tuning', step, of: 40, at: 200 + step }),
    );
    expect(played(...slow, ...fast).runs[7]?.secondsPerStep).toBe(1);
  });

  it('starts counting anew in a new phase', () => {
    const { runs } = played(
      said(1, 'progress', { phase: 'loading', step: 0, of: 1, at: 0 }),
      said(2, 'progress', { phase: 'tuning', step: 0, of: 40, at: 50 }),
    );
    expect(runs[7]?.secondsPerStep).toBeNull();
  });

  it('collects metrics by step, the later value of a repeated step counting', () => {
    const { runs } = played(
      said(1, 'metrics', { step: 1, values: { 'train/loss': 0.7, 'kl/reference': 0 } }),
      said(2, 'metrics', { step: 2, values: { 'train/loss': 0.6 } }),
      said(3, 'metrics', { step: 2, values: { 'train/loss': 0.5 } }),
    );
    expect(runs[7]?.series).toEqual({
      'train/loss': [
        [1, 0.7],
        [2, 0.5],
      ],
      'kl/reference': [[1, 0]],
    });
  });

  it('ignores events that a resumed stream repeats', () => {
    const line = said(5, 'log', { level: 'warning', message: 'slow disk', at: 0 });
    const state = played(line, line);
    expect(state.runs[7]?.log).toHaveLength(1);
    expect(state.lastId).toBe(5);
  });

  it('leaves the runs alone when the round changes', () => {
    const state = played(said(1, 'progress', { phase: 'tuning', step: 1, of: 2 }), {
      event: 'round',
      id: null,
      data: { id: 1 },
    });
    expect(state.round).toEqual({ id: 1 });
    expect(state.runs[7]?.progress?.step).toBe(1);
  });

  it('ignores kinds of events it does not know', () => {
    expect(played({ event: 'end', id: null, data: {} })).toBe(EMPTY_ROUND);
  });
});

describe('mergeLog', () => {
  it('shows every line once in the order of its id', () => {
    const line = (id: number) => ({ id, at: '', level: 'info' as const, message: `${id}` });
    expect(mergeLog([line(1), line(2)], [line(2), line(3)]).map(({ id }) => id)).toEqual([1, 2, 3]);
  });
});
