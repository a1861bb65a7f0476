import { describe, expect, it } from 'vitest';
import { ActivityClock } from './activity-clock';

describe('the activity clock', () => {
  it('counts time between signs of life', () => {
    const clock = new ActivityClock(0);
    clock.sign(10_000);
    expect(clock.read(15_000)).toBe(15_000);
  });

  it('counts at most half a minute of a break', () => {
    const clock = new ActivityClock(0);
    expect(clock.read(600_000)).toBe(30_000);
    clock.sign(600_000);
    expect(clock.read(601_000)).toBe(31_000);
  });

  it('stands still while the page is hidden', () => {
    const clock = new ActivityClock(0);
    clock.setVisible(false, 5_000);
    clock.sign(20_000);
    expect(clock.read(25_000)).toBe(5_000);
    clock.setVisible(true, 30_000);
    expect(clock.read(31_000)).toBe(6_000);
  });
});
