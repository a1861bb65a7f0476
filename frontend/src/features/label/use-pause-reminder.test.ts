import { renderHook } from '@testing-library/react';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { LabelEngine } from './label-engine';
import { usePauseReminder } from './use-pause-reminder';

const MINUTE = 60_000;

/** A labeler who has been at it for so long without a break; the reminders they got. */
function labeling(afterMinutes: number) {
  const said: string[] = [];
  const clock = { sinceBreak: 0 };
  const engine = { notice: (_: string, text: string) => said.push(text) } as unknown as LabelEngine;
  const attention = { activeMs: () => 0, sinceBreakMs: () => clock.sinceBreak, isAttentive: () => true };
  renderHook(() => usePauseReminder(engine, attention, afterMinutes));
  const at = (minutes: number) => {
    clock.sinceBreak = minutes * MINUTE;
    vi.advanceTimersByTime(20_000);
  };
  return { said, at };
}

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

describe('the pause reminder', () => {
  it('comes once after the time, and again after as much more', () => {
    const { said, at } = labeling(50);
    at(49);
    expect(said).toEqual([]);
    at(50);
    at(60);
    expect(said).toHaveLength(1);
    expect(said[0]).toContain('50 minutes');
    at(101);
    expect(said).toHaveLength(2);
  });

  it('begins anew after a break', () => {
    const { said, at } = labeling(50);
    at(51);
    at(1);
    at(50);
    expect(said).toHaveLength(2);
  });

  it('never comes when the project wants none', () => {
    const { said, at } = labeling(0);
    at(500);
    expect(said).toEqual([]);
  });
});
