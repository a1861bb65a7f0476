import { useEffect, useMemo } from 'react';
import { ActivityClock, watchActivity } from '../../lib/activity-clock';

/** After this long without a key, a pointer or a scroll nobody seems to be there. */
const AWAY_AFTER_MS = 5 * 60_000;

export interface Attention {
  /** Milliseconds of attention since the screen was opened. */
  activeMs: () => number;
  /** The same since the last break. */
  sinceBreakMs: () => number;
  isAttentive: () => boolean;
}

class AttentionTracker implements Attention {
  private readonly clock = new ActivityClock(performance.now());
  private lastSign = performance.now();
  private breakEndedAt = 0;

  activeMs = () => this.clock.read(performance.now());

  isAttentive = () => document.visibilityState === 'visible' && performance.now() - this.lastSign < AWAY_AFTER_MS;

  sinceBreakMs = () => this.activeMs() - this.breakEndedAt;

  sign = () => {
    const before = this.lastSign;
    this.lastSign = performance.now();
    if (this.lastSign - before >= AWAY_AFTER_MS) this.breakEndedAt = this.clock.read(this.lastSign);
    this.clock.sign(this.lastSign);
  };

  visibility = () => this.clock.setVisible(document.visibilityState === 'visible', performance.now());
}

/** Watches for signs of life while the calling screen is mounted. */
export function useAttention(): Attention {
  const tracker = useMemo(() => new AttentionTracker(), []);
  useEffect(() => watchActivity(tracker.sign, tracker.visibility), [tracker]);
  return tracker;
}
